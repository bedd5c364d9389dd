"use client";

import { useQuery } from "@tanstack/react-query";
import { CircleCheck, CircleDashed, CircleX, LoaderCircle, RotateCw, Circle } from "lucide-react";
import type { ReactNode } from "react";
import type { DeploymentDetail } from "@/lib/api/deployments";
import { classes } from "@/lib/class-names";
import { duration } from "@/lib/format";
import { useNow } from "@/lib/hooks/use-now";
import { messages } from "@/lib/messages";
import { deploymentMessages } from "@/lib/messages/deployment";
import { deploymentQueries } from "@/lib/queries/deployments";
import { stepsOf, typicalOf, type Step, type StepState } from "@/lib/timeline";

const text = deploymentMessages;
const ICONS: Record<StepState, ReactNode> = {
  waiting: <Circle className="text-control" />,
  running: <LoaderCircle className="animate-spin-slow text-busy" />,
  retrying: <RotateCw className="animate-spin-slow text-warn" />,
  done: <CircleCheck className="text-good" />,
  failed: <CircleX className="text-bad" />,
  skipped: <CircleDashed className="text-control" />,
};
const WORDS: Record<StepState, string> = {
  waiting: text.waiting,
  running: text.running,
  retrying: text.retrying,
  done: text.done,
  failed: text.failed,
  skipped: text.notReached,
};
const TICK_MS = 500;

/** The phases as they pass, with the time of each against the time of the last deployment. */
export function Timeline({ detail }: { detail: DeploymentDetail }) {
  const now = useNow(TICK_MS);
  const steps = stepsOf(detail, now, useTypical(detail.id));
  return (
    <ol className="rounded-2xl border bg-surface px-4 py-2 shadow-xs sm:px-5">
      {steps.map((step, index) => (
        <Row key={step.phase} step={step} last={index === steps.length - 1} />
      ))}
    </ol>
  );
}

function Row({ step, last }: { step: Step; last: boolean }) {
  const { phase, state, seconds, usually, beside, told } = step;
  const quiet = state === "waiting" || state === "skipped";
  const message = told?.error?.message ?? told?.message;
  const moving = state === "running" || state === "retrying";
  return (
    <li className="relative flex gap-3.5 py-3" aria-current={moving ? "step" : undefined}>
      {!last && <span aria-hidden className="absolute top-9 bottom-[-8px] left-[9.5px] w-px bg-line" />}
      <span aria-hidden className="relative mt-0.5 shrink-0 bg-surface [&_svg]:size-5">
        {ICONS[state]}
      </span>
      <div className="min-w-0 flex-1">
        <div className="flex flex-wrap items-baseline gap-x-3">
          <p className={classes("font-medium", quiet && "text-quiet")}>{phaseName(phase)}</p>
          {beside && <p className="text-[0.8125rem] text-quiet">{text.beside(phaseName(beside))}</p>}
          <p className="ml-auto text-sm whitespace-nowrap text-quiet tabular-nums">
            <span className="sr-only">{WORDS[state]}. </span>
            {seconds !== null && duration(seconds)}
            {seconds === null && state === "skipped" && text.notReached}
            {usually !== null && (moving || state === "waiting") && (
              <>
                {seconds !== null && " · "}
                {text.usually(duration(usually))}
              </>
            )}
          </p>
        </div>
        {message && <p className={classes("text-sm break-words", state === "failed" ? "text-bad" : "text-quiet")}>{message}</p>}
        {moving && usually !== null && seconds !== null && (
          <progress className="bar mt-2 block h-1 w-full max-w-sm" aria-label={phaseName(phase)} value={Math.min(seconds, usually * 0.97)} max={usually} />
        )}
        {told?.error?.fix && (
          <p className="mt-1 text-sm break-words">
            <span className="font-medium">{messages.deployments.fix}:</span> {told.error.fix}
          </p>
        )}
        {told?.detail && <LogTail text={told.detail} open={state === "failed"} />}
      </div>
    </li>
  );
}

function LogTail({ text: tail, open }: { text: string; open: boolean }) {
  return (
    <details className="mt-2" open={open}>
      <summary className="w-fit text-sm font-medium text-quiet">{open ? text.logTail : text.more}</summary>
      <pre tabIndex={0} className="mt-1 max-h-72 overflow-auto rounded-lg bg-raised p-3 font-mono text-xs whitespace-pre-wrap [overflow-wrap:anywhere]">
        {tail}
      </pre>
    </details>
  );
}

export const phaseName = (phase: string) => text.phases[phase] ?? text.unknownPhase(phase);

/** What the phases took in the user's last live deployment: the same cloud, the same sizes. */
function useTypical(id: string): Record<string, number> {
  const recent = useQuery(deploymentQueries.recent()).data;
  const last = recent?.deployments.find((each) => each.status === "active" && each.id !== id);
  const { data } = useQuery({ ...deploymentQueries.deployment(last?.id ?? ""), enabled: !!last, staleTime: Infinity });
  return typicalOf(data);
}
