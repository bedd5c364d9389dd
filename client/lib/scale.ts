import type { Autoscale, Deployment, DeploymentPatch } from "./api/deployments";
import { plain } from "./format";
import { settingsMessages } from "./messages/settings";

/** How many instances, as it is typed: a fixed number, or limits between which the cloud chooses. */
export interface ScaleDraft {
  instance_count: number;
  autoscaled: boolean;
  min: string;
  max: string;
  cpu_percent: string;
  scale_in_cooldown_minutes: string;
}

export type ScaleErrors = Partial<Record<keyof ScaleDraft, string>>;

export const MOST_INSTANCES = 10;
export const USUAL_SCALE: ScaleDraft = { instance_count: 1, autoscaled: false, min: "1", max: "3", cpu_percent: "70", scale_in_cooldown_minutes: "10" };

/** What the API allows: least and most. All are whole numbers. */
const LIMITS = {
  min: [1, MOST_INSTANCES],
  max: [1, MOST_INSTANCES],
  cpu_percent: [10, 95],
  scale_in_cooldown_minutes: [1, 1440],
} as const;
const text = settingsMessages.scale;

/** Why the API would refuse it, by field; only what is used is judged. */
export function wrongScale(draft: ScaleDraft): ScaleErrors {
  const { instance_count: count, autoscaled } = draft;
  if (!autoscaled) return Number.isInteger(count) && count >= 1 && count <= MOST_INSTANCES ? {} : { instance_count: text.countWrong };
  const errors: ScaleErrors = {};
  for (const [field, [least, most]] of Object.entries(LIMITS) as [keyof typeof LIMITS, [number, number]][]) {
    const value = draft[field].trim() ? Number(draft[field]) : Number.NaN;
    if (!(Number.isInteger(value) && value >= least && value <= most)) errors[field] = text.between(plain(least), plain(most));
  }
  if (!errors.min && !errors.max && Number(draft.min) > Number(draft.max)) errors.max = text.maxBelowMin(draft.min);
  return errors;
}

/** A deployment's scale, to be changed. */
export function scaleOf({ instance_count, autoscale }: Pick<Deployment, "instance_count" | "autoscale">): ScaleDraft {
  if (!autoscale) return { ...USUAL_SCALE, instance_count };
  const { min, max, cpu_percent, scale_in_cooldown_minutes } = autoscale;
  return { instance_count, autoscaled: true, min: `${min}`, max: `${max}`, cpu_percent: `${cpu_percent}`, scale_in_cooldown_minutes: `${scale_in_cooldown_minutes}` };
}

export function autoscaleOf(draft: ScaleDraft): Autoscale | null {
  if (!draft.autoscaled) return null;
  return { min: Number(draft.min), max: Number(draft.max), cpu_percent: Number(draft.cpu_percent), scale_in_cooldown_minutes: Number(draft.scale_in_cooldown_minutes) };
}

/** What a PATCH must change for the deployment to be as drafted; empty where it is so already. */
export function scalePatch(deployment: Pick<Deployment, "instance_count" | "autoscale">, draft: ScaleDraft): DeploymentPatch {
  const before = scaleOf(deployment);
  const wanted = autoscaleOf(draft);
  if (wanted) return JSON.stringify(wanted) === JSON.stringify(autoscaleOf(before)) ? {} : { autoscale: wanted };
  return {
    ...(before.autoscaled && { autoscale: null }),
    ...((before.autoscaled || draft.instance_count !== before.instance_count) && { instance_count: draft.instance_count }),
  };
}

/** The most instances that may run at once, for the price. */
export const mostInstances = (draft: ScaleDraft) => (draft.autoscaled ? Number(draft.max) : draft.instance_count);
export const fewestInstances = (draft: ScaleDraft) => (draft.autoscaled ? Number(draft.min) : draft.instance_count);
