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

/** Seconds on Azure, for users without a deployment of their own to compare with. */
const ON_AZURE: Record<string, number> = {
  verify_workspace: 3,
  prepare_model: 30,
  create_endpoint: 90,
  register_model: 10,
  create_deployment: 480,
  verify_deployment: 5,
  shift_traffic: 15,
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
  const steps = PIPELINE.flatMap((beside) =>
    beside.map((phase) => step(phase, beside.find((other) => other !== phase) ?? null, told.get(phase) ?? null, detail, now, typical)),
  );
  const known = new Set(PIPELINE.flat());
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
