import type { DeploymentDetail, Phase } from "./api/deployments";

/** The pipeline's order; phases of one step run beside each other. */
export const PIPELINE: string[][] = [
  ["verify_workspace"],
  ["prepare_model", "create_endpoint"],
  ["register_model"],
  ["create_deployment"],
  ["verify_deployment"],
  ["shift_traffic"],
  ["finalize"],
];

const WATCHED = ["canary", "shadow"];

/** The steps of this deployment: how it gets its traffic is as its release says. */
function pipelineOf(detail: DeploymentDetail): string[][] {
  const told = new Set((detail.phases ?? []).map((phase) => phase.phase));
  const strategy = detail.release?.strategy ?? "all_at_once";
  if (told.has("shift_traffic")) return PIPELINE;
  const isWatched = WATCHED.includes(strategy) && (detail.revision > 1 || told.has("step_release"));
  if (!isWatched && strategy !== "manual") return PIPELINE;
  return PIPELINE.flatMap((step) => (step[0] !== "shift_traffic" ? [step] : isWatched ? [["step_release"], ["watch_release"]] : []));
}

/** A canary or shadow release: its steps, what was seen at the end of each, what it does now. */
export interface WatchedRelease {
  strategy: string;
  running: boolean;
  paused: boolean;
  steps: string[];
  verdicts: string[];
  /** Null where it has said its last word. */
  now: string | null;
}

/** Null for a deployment whose traffic was not moved in watched steps. */
export function releaseOf(detail: DeploymentDetail): WatchedRelease | null {
  const find = (name: string) => detail.phases?.find((phase) => phase.phase === name);
  const [step, watch] = [find("step_release"), find("watch_release")];
  const strategy = detail.release?.strategy ?? "";
  if (!WATCHED.includes(strategy) || !(step || watch)) return null;
  const steps = said(step);
  const verdicts = said(watch);
  const last = verdicts.findLast((word) => /^(Paused|Resumed), as asked\./.test(word));
  const running = detail.status === "deploying" && find("finalize") === undefined;
  return { strategy, running, paused: last?.startsWith("Paused") ?? false, steps, verdicts, now: watch && !watch.ended_at && running ? watch.message : null };
}

/** Everything that a phase said when it ended, once or more often. */
const said = (phase: Phase | undefined) => (phase ? [...(phase.earlier ?? []), ...(phase.ended_at ? [phase.message] : [])] : []);

/** Seconds on Azure, for users without a deployment of their own to compare with. */
const ON_AZURE: Record<string, number> = {
  verify_workspace: 3,
  prepare_model: 30,
  create_endpoint: 90,
  register_model: 10,
  create_deployment: 480,
  verify_deployment: 5,
  shift_traffic: 15,
  step_release: 15,
  finalize: 2,
};

export type StepState = "waiting" | "running" | "retrying" | "done" | "failed" | "skipped";

export interface Step {
  phase: string;
  state: StepState;
  /** Seconds it took, or has taken until now; null before it begins. */
  seconds: number | null;
  usually: number | null;
  /** The phase that runs at the same time. */
  beside: string | null;
  told: Phase | null;
}

/** Every phase of a deployment at `now`, those to come included; others that happened follow. */
export function stepsOf(detail: DeploymentDetail, now: number, typical: Record<string, number>): Step[] {
  const told = new Map((detail.phases ?? []).map((phase) => [phase.phase, phase]));
  const pipeline = pipelineOf(detail);
  const steps = pipeline.flatMap((beside) =>
    beside.map((phase) => step(phase, beside.find((other) => other !== phase) ?? null, told.get(phase) ?? null, detail, now, typical)),
  );
  const known = new Set(pipeline.flat());
  const others = (detail.phases ?? []).filter((phase) => !known.has(phase.phase));
  return [...steps, ...others.map((phase) => step(phase.phase, null, phase, detail, now, {}))];
}

function step(phase: string, beside: string | null, told: Phase | null, detail: DeploymentDetail, now: number, typical: Record<string, number>): Step {
  const usually = typical[phase] ?? ON_AZURE[phase] ?? null;
  return { phase, beside, told, usually, state: stateOf(told, detail.status), seconds: told && secondsOf(told, now) };
}

function stateOf(told: Phase | null, status: DeploymentDetail["status"]): StepState {
  if (!told) return status === "deploying" ? "waiting" : "skipped";
  if (told.status === "succeeded") return "done";
  if (told.status === "failed") return "failed";
  if (status !== "deploying" && !told.ended_at && PIPELINE.flat().includes(told.phase)) return "skipped";
  return told.status === "retrying" ? "retrying" : "running";
}

/** How long a phase took, or has taken until `now`. */
export function secondsOf(phase: Phase, now: number): number | null {
  if (!phase.started_at) return null;
  const until = phase.ended_at ? Date.parse(phase.ended_at) : now;
  return Math.max(0, (until - Date.parse(phase.started_at)) / 1000);
}

/** What each phase took in another deployment, to compare with. */
export function typicalOf(detail: DeploymentDetail | undefined): Record<string, number> {
  const entries = (detail?.phases ?? [])
    .filter((phase) => phase.status === "succeeded")
    .map((phase) => [phase.phase, secondsOf(phase, 0)] as const)
    .filter((entry): entry is readonly [string, number] => entry[1] !== null);
  return Object.fromEntries(entries);
}
