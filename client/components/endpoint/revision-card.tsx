"use client";

import { Moon, Sun, Undo2 } from "lucide-react";
import type { ReactNode } from "react";
import type { Revision } from "@/lib/api/endpoints";
import { endpointMessages } from "@/lib/messages/endpoints";
import { duration } from "@/lib/format";
import { messages } from "@/lib/messages";
import type { Served } from "@/lib/traffic";
import { pageOf } from "../deployments/card";
import { StatusBadge } from "../deployments/status-badge";
import { Button } from "../ui/button";
import { buttonClasses } from "../ui/button-classes";
import { Link } from "../ui/link";
import { Time } from "../ui/time";
import { Changes } from "./changes";

const text = endpointMessages.revision;

interface RevisionCardProps {
  revision: Revision;
  first: boolean;
  /** The last time that it had traffic. */
  served: (Served & { share: number }) | null;
  /** Another change of the endpoint runs. */
  busy: boolean;
  onSleep: () => void;
  onWake: () => void;
  onRollBack: () => void;
  children?: ReactNode;
}

/** One revision: its model, its share, what changed, when it ends, and what can be done with it. */
export function RevisionCard({ revision, first, served, busy, onSleep, onWake, onRollBack, children }: RevisionCardProps) {
  const { deployment_name: name, status, traffic, mirror } = revision;
  const canServe = (status === "active" || status === "asleep") && traffic < 100;
  return (
    <article aria-label={name} className="rounded-2xl border bg-surface p-4 shadow-xs sm:p-5">
      <header className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-56">
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <h3 className="min-w-0 font-semibold break-all">
              <Link className="hover:underline" href={pageOf(revision.deployment_id)}>
                {name}
              </Link>
            </h3>
            <StatusBadge status={status} />
          </div>
          <p className="mt-0.5 text-sm break-words text-quiet">
            {text.number(revision.revision)} · {traffic > 0 ? text.serves(traffic) : text.none}
            {mirror > 0 && ` · ${text.copies(mirror)}`}
          </p>
        </div>
        <div className="flex flex-wrap gap-1.5">
          {status === "asleep" && (
            <Button size="small" busy={busy} onClick={onWake} aria-label={endpointMessages.wake.actionOf(name)}>
              <Sun aria-hidden />
              {endpointMessages.wake.action}
            </Button>
          )}
          {status === "active" && (
            <Button size="small" busy={busy} onClick={onSleep} aria-label={endpointMessages.sleep.actionOf(name)}>
              <Moon aria-hidden />
              {endpointMessages.sleep.action}
            </Button>
          )}
          {canServe && (
            <Button size="small" busy={busy} onClick={onRollBack} aria-label={endpointMessages.rollBack.toThisOf(name)}>
              <Undo2 aria-hidden />
              {endpointMessages.rollBack.toThis}
            </Button>
          )}
          <Link className={buttonClasses("plain", "small")} href={pageOf(revision.deployment_id)} aria-label={text.logOf(name)}>
            {text.log}
          </Link>
        </div>
      </header>
      <dl className="mt-3 grid grid-cols-1 gap-x-6 gap-y-2 text-sm sm:grid-cols-2 lg:grid-cols-4">
        <Fact term={text.model}>
          {revision.model_name ?? text.modelRemoved}
          {revision.model_version && ` · ${text.version(revision.model_version.slice(0, 12))}`}
        </Fact>
        <Fact term={text.runsOn}>{messages.deployments.instances(revision.instance_count, revision.instance_type)}</Fact>
        <Fact term={revision.deployed_at ? text.live : text.created}>
          <Time at={revision.deployed_at ?? revision.created_at} />
        </Fact>
        {served && (
          <Fact term={text.served}>
            {served.until === null ? text.servesNow(served.share) : text.servedFor(served.share, duration((Date.parse(served.until) - Date.parse(served.at)) / 1000))}
            {served.until !== null && (
              <>
                , <Time at={served.until} />
              </>
            )}
          </Fact>
        )}
        {revision.sleeps_at && status !== "asleep" && (
          <Fact term={text.sleepsAt}>
            <Time at={revision.sleeps_at} />
          </Fact>
        )}
        {revision.expires_at && (
          <Fact term={text.expiresAt}>
            <Time at={revision.expires_at} />
          </Fact>
        )}
      </dl>
      {revision.description && <p className="mt-3 max-w-3xl text-sm break-words whitespace-pre-wrap">{revision.description}</p>}
      <Changes revision={revision} first={first} />
      {children}
    </article>
  );
}

function Fact({ term, children }: { term: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-[0.8125rem] text-quiet">{term}</dt>
      <dd className="[overflow-wrap:anywhere]">{children}</dd>
    </div>
  );
}
