"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Suspense, useCallback, useEffect, useRef, useState, type ReactNode } from "react";
import { hourly } from "@/components/deployments/cost";
import { EndpointHead } from "@/components/endpoint/head";
import { Moves } from "@/components/endpoint/moves";
import { Revisions } from "@/components/endpoint/revisions";
import { Running } from "@/components/endpoint/running";
import { TrafficForm } from "@/components/endpoint/traffic-form";
import { buttonClasses } from "@/components/ui/button-classes";
import { Link } from "@/components/ui/link";
import { Notice } from "@/components/ui/notice";
import { PageHead, Skeletons } from "@/components/ui/states";
import { toast } from "@/components/ui/toast";
import type { Operation, Revision } from "@/lib/api/endpoints";
import { Problem } from "@/lib/api/problem";
import { lazily } from "@/lib/lazily";
import { endpointMessages as text } from "@/lib/messages/endpoints";
import { useOperation } from "@/lib/hooks/use-operation";
import { useUrlState } from "@/lib/hooks/use-url-state";
import { messages } from "@/lib/messages";
import { deploymentQueries } from "@/lib/queries/deployments";
import { endpointQueries } from "@/lib/queries/endpoints";
import { POLL_MS, whenAway } from "@/lib/queries/pace";
import { renew } from "@/lib/queries/renew";

const RollBackDialog = lazily(() => import("@/components/endpoint/rollback-dialog").then((module) => module.RollBackDialog));

export default function EndpointPage() {
  return (
    <Suspense fallback={<Skeletons count={2} className="h-40" />}>
      <View />
    </Suspense>
  );
}

function View() {
  const client = useQueryClient();
  const [name] = useUrlState("name");
  // In the address, so that a page that is loaded again goes on following it.
  const [following, follow] = useUrlState("operation");
  const [back, setBack] = useState<Revision | null>(null);
  const types = useQuery(deploymentQueries.instanceTypes()).data;
  const look = useCallback(() => {
    void renew(client, ["endpoints"], ["deployments"]);
  }, [client]);
  const last = useRef("");
  const onEnd = useCallback(
    (ended: Operation | null) => {
      last.current = ended?.id ?? "";
      look();
      if (ended?.status === "failed") return;
      if (ended) toast(text.operation.ended[ended.kind] ?? text.operation.done);
      follow("");
    },
    [look, follow],
  );
  const operation = useOperation(following, onEnd);
  const busy = !!following && operation?.status !== "failed";
  const { data: endpoint, error, refetch, isFetching } = useQuery({
    ...endpointQueries.endpoint(name),
    enabled: !!name,
    refetchInterval: ({ state }) => {
      if (state.error) return whenAway(state.error);
      const moving = state.data?.revisions.some((revision) => revision.status === "deploying") || state.data?.operations.length;
      return busy || moving ? POLL_MS : false;
    },
  });
  // Begun in another tab or by another program. Deployments are followed by their revisions.
  const other = endpoint?.operations.find(({ kind }) => kind !== "deploy")?.id;
  useEffect(() => {
    if (!following && other && other !== last.current) follow(other);
  }, [following, other, follow]);
  useEffect(() => {
    document.title = `${name || text.title} · ${messages.product}`;
  }, [name]);

  if (!name || (error instanceof Problem && error.status === 404)) return <Missing />;
  if (!endpoint) return error ? <Notice error={error} again={() => void refetch()} busy={isFetching} /> : <Skeletons count={3} className="h-40" />;
  const lastGood = endpoint.revisions.find((revision) => revision.revision === endpoint.last_good);
  const begun = (id: string) => {
    follow(id);
    look();
  };
  return (
    <div className="space-y-8">
      <EndpointHead endpoint={endpoint} busy={busy} onRollBack={lastGood ? () => setBack(lastGood) : null} />
      {error && <Notice error={error} again={() => void refetch()} busy={isFetching} />}
      {operation && <Running operation={operation} onDismiss={() => follow("")} />}
      <Part title={text.split.heading}>
        <div className="rounded-2xl border bg-surface p-4 shadow-xs sm:p-5">
          <TrafficForm key={name} endpoint={endpoint} busy={busy} onBegun={begun} onStale={look} />
        </div>
      </Part>
      <Part title={text.revision.heading}>
        <Revisions endpoint={endpoint} busy={busy} onRollBack={setBack} onBegun={begun} />
      </Part>
      <Part title={text.moves.heading}>
        <Moves moves={endpoint.moves} />
      </Part>
      {back && <RollBackDialog endpoint={endpoint} to={back} price={hourly(back, types)} onClose={() => setBack(null)} onBegun={begun} />}
    </div>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title} className="space-y-3">
      <h2 className="text-lg font-semibold">{title}</h2>
      {children}
    </section>
  );
}

function Missing() {
  return (
    <div className="space-y-4">
      <PageHead title={text.page.missing} lead={text.page.missingFix} />
      <Link href="/dashboard/endpoints/" className={buttonClasses("primary")}>
        {text.page.home}
      </Link>
    </div>
  );
}
