"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { moveTraffic, type Endpoint, type Shares } from "@/lib/api/endpoints";
import { problemOf } from "@/lib/api/problem";
import { endpointMessages } from "@/lib/messages/endpoints";
import { MOST_MIRRORED, proposed, same, totalOf, withShare } from "@/lib/traffic";
import { TrafficBar } from "../endpoints/traffic-bar";
import { Button } from "../ui/button";
import { Notice } from "../ui/notice";
import { MirrorField } from "./mirror-field";
import { ShareSlider } from "./share-slider";

const text = endpointMessages.split;

/** A split that a person has begun to make, and the endpoint as it was then. */
interface Draft {
  seen: Endpoint;
  traffic: Shares;
  mirror: Shares;
}

interface TrafficFormProps {
  endpoint: Endpoint;
  /** Another change runs: nothing can be applied until it has ended. */
  busy: boolean;
  onBegun: (operation: string) => void;
  /** The endpoint is not as it was: ask for it again. */
  onStale: () => void;
}

/** Shares by slider, copies to one revision, a preview, and one button that moves them. */
export function TrafficForm({ endpoint, busy, onBegun, onStale }: TrafficFormProps) {
  const [draft, setDraft] = useState<Draft | null>(null);
  const apply = useMutation({
    mutationFn: ({ seen, traffic, mirror }: Draft) => moveTraffic(seen.name, { traffic, mirror }, seen.etag),
    onSuccess: (operation) => {
      setDraft(null);
      onBegun(operation);
    },
    onError: (thrown) => {
      const { code, facts } = problemOf(thrown);
      if (code === "traffic_changed") onStale();
      if (code === "operation_running" && typeof facts["operation_id"] === "string") onBegun(facts["operation_id"]);
    },
  });
  const active = endpoint.revisions.filter((revision) => revision.status === "active").map((revision) => revision.deployment_name);
  const shown = draft ?? { seen: endpoint, traffic: proposed(active, endpoint.traffic), mirror: endpoint.mirror };
  const { traffic, mirror } = shown;
  const stale = apply.error && problemOf(apply.error).code === "traffic_changed";
  const changed = !same(traffic, shown.seen.traffic) || !same(mirror, shown.seen.mirror);

  function change(fields: Partial<Draft>) {
    const next = { ...shown, ...fields };
    // Copies go to a revision without live traffic alone.
    setDraft({ ...next, mirror: Object.fromEntries(Object.entries(next.mirror).filter(([name]) => !next.traffic[name])) });
  }

  function startAgain() {
    setDraft(null);
    apply.reset();
  }

  if (active.length === 0) return <p className="text-quiet">{text.none}</p>;
  if (active.length === 1 && traffic[active[0] ?? ""] === 100 && !changed) return <p className="text-quiet">{text.only}</p>;
  return (
    <form
      className="space-y-5"
      onSubmit={(event) => {
        event.preventDefault();
        if (changed && !busy) apply.mutate(shown);
      }}
    >
      <p className="text-sm text-quiet">{text.lead}</p>
      <div className="space-y-4">
        {active.map((name) => (
          <ShareSlider key={name} label={text.shareOf(name)} name={name} share={traffic[name] ?? 0} most={100} onChange={(share) => change({ traffic: withShare(traffic, name, share) })} />
        ))}
      </div>
      <MirrorField names={active.filter((name) => !traffic[name])} mirror={mirror} most={MOST_MIRRORED} onChange={(next) => change({ mirror: next })} />
      <div className="rounded-xl bg-raised p-4">
        <p className="mb-2 flex flex-wrap justify-between gap-x-4 text-sm font-medium">
          {text.preview}
          <span className="font-normal text-quiet tabular-nums">{changed ? text.sum(totalOf(traffic)) : text.unchanged}</span>
        </p>
        <TrafficBar shares={traffic} mirror={mirror} names={active.toSorted()} />
      </div>
      {stale && (
        <div role="alert" className="space-y-2 rounded-xl border border-warn/40 bg-warn-soft p-4 text-sm">
          <p className="font-semibold">{text.changedTitle}</p>
          <p>{text.changedNow}</p>
          <TrafficBar shares={endpoint.traffic} mirror={endpoint.mirror} names={active.toSorted()} />
          <Button size="small" onClick={startAgain}>
            {text.again}
          </Button>
        </div>
      )}
      {apply.error && !stale && <Notice error={apply.error} />}
      <div className="flex flex-wrap gap-2">
        <Button look="primary" type="submit" busy={apply.isPending || busy} disabled={!changed || !!stale}>
          {text.apply}
        </Button>
        {draft && !stale && <Button onClick={startAgain}>{text.reset}</Button>}
      </div>
    </form>
  );
}
