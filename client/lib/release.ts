import type { DeployModelRequest } from "./api/deployments";
import type { components } from "./api/schema";
import { endpointMessages } from "./messages/endpoints";
import { plain } from "./format";
import { releaseMessages as text } from "./messages/release";

type Numbers = Exclude<keyof ReleaseDraft, "strategy" | "on_silence" | "on_failure" | "on_expiry">;
type Release = components["schemas"]["Release"];
export type Strategy = Release["strategy"];

/** What the form holds about the release and the end of a deployment; numbers as they are typed. */
export interface ReleaseDraft {
  strategy: Strategy;
  steps: string;
  step_minutes: string;
  minutes: string;
  mirror_percent: string;
  max_error_percent: string;
  max_p95_ms: string;
  min_requests: string;
  on_silence: Release["on_silence"];
  on_failure: Release["on_failure"];
  /** Empty: for ever. */
  keep_previous_minutes: string;
  /** Empty: never. */
  expires_in_hours: string;
  on_expiry: "sleep" | "delete";
}

export type ReleaseErrors = Partial<Record<keyof ReleaseDraft, string>>;

export const USUAL_RELEASE: ReleaseDraft = {
  strategy: "all_at_once",
  steps: "10, 50",
  step_minutes: "10",
  minutes: "30",
  mirror_percent: "10",
  max_error_percent: "1",
  max_p95_ms: "",
  min_requests: "20",
  on_silence: "wait",
  on_failure: "remove",
  keep_previous_minutes: "60",
  expires_in_hours: "",
  on_expiry: "sleep",
};

/** What the API allows: least, most, whether whole, whether it may be left empty. */
const LIMITS: Partial<Record<Numbers, [number, number, boolean, boolean]>> = {
  step_minutes: [0.1, 1440, false, false],
  minutes: [0.1, 1440, false, false],
  mirror_percent: [1, 50, true, false],
  max_error_percent: [0, 100, false, false],
  max_p95_ms: [1, 600_000, false, true],
  min_requests: [1, 1_000_000, true, false],
  keep_previous_minutes: [0, 43_200, true, true],
  expires_in_hours: [0.1, 8760, false, true],
};
const WATCHING = ["max_error_percent", "max_p95_ms", "min_requests"] as const;
const USED: Record<Strategy, readonly Numbers[]> = {
  all_at_once: [],
  manual: [],
  canary: ["steps", "step_minutes", ...WATCHING],
  shadow: ["minutes", "mirror_percent", ...WATCHING],
};
const MOST_STEPS = 10;

export const isWatched = (strategy: Strategy) => strategy === "canary" || strategy === "shadow";

/** Why the API would refuse it, by field; fields that the strategy does not use are not judged. */
export function wrongRelease(draft: ReleaseDraft): ReleaseErrors {
  const errors: ReleaseErrors = {};
  for (const field of [...USED[draft.strategy], "keep_previous_minutes", "expires_in_hours"] as const) {
    const limits = LIMITS[field];
    const wrong = field === "steps" ? wrongSteps(draft.steps) : limits && wrongNumber(draft[field], ...limits);
    if (wrong) errors[field] = wrong;
  }
  return errors;
}

function wrongNumber(typed: string, least: number, most: number, whole: boolean, mayBeEmpty: boolean): string | null {
  if (!typed.trim()) return mayBeEmpty ? null : text.between(plain(least), plain(most));
  const value = Number(typed);
  if (!(value >= least && value <= most)) return text.between(plain(least), plain(most));
  return whole && !Number.isInteger(value) ? text.whole : null;
}

function wrongSteps(typed: string): string | null {
  const steps = stepsOf(typed);
  if (steps.length === 0 || steps.length > MOST_STEPS) return text.stepsCount;
  if (!steps.every((step) => Number.isInteger(step) && step >= 1 && step <= 99)) return text.stepsWhole;
  return steps.every((step, at) => at === 0 || step > (steps[at - 1] ?? 0)) ? null : text.stepsGrow;
}

const stepsOf = (typed: string) => typed.split(/[\s,;%]+/).filter(Boolean).map(Number);

type Asked = Pick<DeployModelRequest, "release" | "keep_previous_minutes" | "expires_in_hours" | "on_expiry">;

/** The draft as fields of a deploy request; what is as the API would choose is left out, unless `all` are wanted. */
export function releaseFields(draft: ReleaseDraft, all = false): Asked {
  const { strategy, on_silence, on_failure, on_expiry } = draft;
  const used = USED[strategy].map((field) => [field, field === "steps" ? stepsOf(draft.steps) : numberOf(draft[field])]);
  const answers = isWatched(strategy) ? { on_silence, on_failure } : {};
  const asked: Asked = {};
  if (all || strategy !== "all_at_once") asked.release = { strategy, ...Object.fromEntries(used), ...answers };
  if (all || draft.keep_previous_minutes.trim() !== USUAL_RELEASE.keep_previous_minutes) asked.keep_previous_minutes = numberOf(draft.keep_previous_minutes);
  if (all || draft.expires_in_hours.trim()) Object.assign(asked, { expires_in_hours: numberOf(draft.expires_in_hours), on_expiry });
  return asked;
}

/** Settings of a template, as the form holds them; only what is there. */
export function releaseDraftOf(settings: Partial<Asked>): Partial<ReleaseDraft> {
  const { release, keep_previous_minutes: keep, expires_in_hours: expires, on_expiry } = settings;
  const typed = Object.entries(release ?? {}).map(([field, value]) => [field, Array.isArray(value) ? value.join(", ") : value === null ? "" : String(value)]);
  return {
    ...(Object.fromEntries(typed) as Partial<ReleaseDraft>),
    ...(keep !== undefined && { keep_previous_minutes: keep === null ? "" : `${keep}` }),
    ...(expires !== undefined && { expires_in_hours: expires === null ? "" : `${expires}` }),
    ...(on_expiry && { on_expiry }),
  };
}

const numberOf = (typed: string) => (typed.trim() ? Number(typed) : null);

/** A release that was asked for, in one line. */
export function planOf(release: Release): string {
  const { release: words } = endpointMessages;
  const limits = [
    words.errorLimit(plain(release.max_error_percent)),
    release.max_p95_ms === null ? words.p95Old : words.p95Limit(plain(release.max_p95_ms)),
    words.enough(plain(release.min_requests)),
  ].join(", ");
  const course = release.strategy === "canary" ? words.steps(release.steps.join(", "), plain(release.step_minutes)) : words.shadow(release.mirror_percent, plain(release.minutes));
  return `${course}; ${limits}.`;
}
