"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Pause, Play, X } from "lucide-react";
import { useState } from "react";
import type { DeploymentDetail } from "@/lib/api/deployments";
import { steerRelease, type ReleaseAction } from "@/lib/api/endpoints";
import { endpointMessages } from "@/lib/messages/endpoints";
import { deploymentQueries } from "@/lib/queries/deployments";
import { renew } from "@/lib/queries/renew";
import { planOf } from "@/lib/release";
import { releaseOf } from "@/lib/timeline";
import { Button } from "../ui/button";
import { Confirm } from "../ui/dialog";
import { Notice } from "../ui/notice";

const text = endpointMessages.release;
const ASKED: Record<ReleaseAction, string> = { pause: text.pausing, resume: text.resuming, abort: text.aborting };
const FOLLOW_MS = 2_000;

/** The release of a revision of which only the id is known. */
export function ReleaseOf({ id }: { id: string }) {
  const { data } = useQuery({ ...deploymentQueries.deployment(id), refetchInterval: FOLLOW_MS });
  return data ? <ReleaseProgress detail={data} /> : null;
}

/** How far a watched release is, the numbers that decided, and how to hold or stop it. */
export function ReleaseProgress({ detail }: { detail: DeploymentDetail }) {
  const client = useQueryClient();
  const [aborting, setAborting] = useState(false);
  const steer = useMutation({
    mutationFn: (action: ReleaseAction) => steerRelease(detail.id, action),
    onSuccess: () => renew(client, ["deployments", "one", detail.id]),
  });
  const release = releaseOf(detail);
  if (!release || !detail.release) return null;
  const { running, paused, steps, verdicts, now } = release;
  const asked = steer.isSuccess ? steer.variables : null;
  return (
    <section aria-label={text.heading(detail.deployment_name)} className="mt-3 space-y-3 rounded-xl bg-raised p-4 text-sm">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <p className="min-w-0 break-words">
          <span className="font-medium">{text.strategies[detail.release.strategy]}</span>
          {": "}
          {planOf(detail.release)}
        </p>
        {running && (
          <div className="flex gap-1.5">
            {paused ? (
              <Button size="small" busy={steer.isPending} onClick={() => steer.mutate("resume")}>
                <Play aria-hidden />
                {text.resume}
              </Button>
            ) : (
              <Button size="small" busy={steer.isPending} onClick={() => steer.mutate("pause")}>
                <Pause aria-hidden />
                {text.pause}
              </Button>
            )}
            <Button size="small" busy={steer.isPending} onClick={() => setAborting(true)}>
              <X aria-hidden />
              {text.abort}
            </Button>
          </div>
        )}
      </div>
      <ol aria-label={text.watching} className="list-decimal space-y-1 pl-5 break-words">
        {steps.map((step, index) => (
          <li key={index}>{step}</li>
        ))}
      </ol>
      <ul className="space-y-1 break-words">
        {verdicts.map((verdict, index) => (
          <li key={index} className="font-medium">
            {verdict}
          </li>
        ))}
        {verdicts.length === 0 && running && <li className="text-quiet">{text.nothingYet}</li>}
      </ul>
      {(now || asked) && (
        <p role="status" className="text-quiet">
          {asked && running ? ASKED[asked] : now}
        </p>
      )}
      {steer.error && <Notice error={steer.error} />}
      <Confirm
        open={aborting}
        title={text.abortTitle(detail.deployment_name)}
        action={text.abort}
        onClose={() => setAborting(false)}
        onConfirm={() => steer.mutateAsync("abort")}
      >
        <p>{text.abortText}</p>
      </Confirm>
    </section>
  );
}
