"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Endpoint, Revision } from "@/lib/api/endpoints";
import { lazily } from "@/lib/lazily";
import { deploymentQueries } from "@/lib/queries/deployments";
import { history, lastServed } from "@/lib/traffic";
import { hourly } from "../deployments/cost";
import { ReleaseOf } from "./release-progress";
import { RevisionCard } from "./revision-card";

const SleepDialog = lazily(() => import("./sleep-dialogs").then((module) => module.SleepDialog));
const WakeDialog = lazily(() => import("./sleep-dialogs").then((module) => module.WakeDialog));

interface RevisionsProps {
  endpoint: Endpoint;
  busy: boolean;
  onRollBack: (to: Revision) => void;
  onBegun: (operation: string) => void;
}

/** Every revision that was not deleted, newest first. */
export function Revisions({ endpoint, busy, onRollBack, onBegun }: RevisionsProps) {
  const [asked, setAsked] = useState<["sleep" | "wake", Revision] | null>(null);
  const types = useQuery(deploymentQueries.instanceTypes()).data;
  const periods = history(endpoint.moves);
  const { revisions } = endpoint;
  const [what, whom] = asked ?? [null, null];
  const dialog = whom && { id: whom.deployment_id, name: whom.deployment_name, price: hourly(whom, types), onClose: () => setAsked(null), onBegun };
  return (
    <>
      <ul className="space-y-3">
        {revisions.map((revision, index) => (
          <li key={revision.deployment_id}>
            <RevisionCard
              revision={revision}
              first={index === revisions.length - 1}
              served={lastServed(periods, revision.deployment_name)}
              busy={busy}
              onSleep={() => setAsked(["sleep", revision])}
              onWake={() => setAsked(["wake", revision])}
              onRollBack={() => onRollBack(revision)}
            >
              {revision.status === "deploying" && <ReleaseOf id={revision.deployment_id} />}
            </RevisionCard>
          </li>
        ))}
      </ul>
      {dialog && what === "sleep" && <SleepDialog {...dialog} traffic={whom.traffic} />}
      {dialog && what === "wake" && <WakeDialog {...dialog} />}
    </>
  );
}
