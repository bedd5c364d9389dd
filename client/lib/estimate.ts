import type { DeployModelRequest, Estimate } from "./api/deployments";
import type { InstanceType } from "./api/instance-types";
import type { Draft } from "./draft";
import { exactDay, HOURS_A_MONTH, money } from "./format";
import { deployMessages } from "./messages/deploy";
import { autoscaleOf, fewestInstances, wrongScale } from "./scale";
import { PIPELINE } from "./timeline";

/** What decides an estimate: names and description are left out, so typing them asks for nothing. Null while the count is none. */
export function estimateOf(modelId: string, draft: Draft): DeployModelRequest | null {
  if (Object.keys(wrongScale(draft)).length > 0) return null;
  const autoscale = autoscaleOf(draft);
  return { model_id: modelId, instance_type: draft.instance_type, instance_count: fewestInstances(draft), ...(autoscale && { autoscale }) };
}

/** The price, at once from the list of sizes, then as the estimate tells it. */
export function priceLine(estimate: Estimate | undefined, type: InstanceType | undefined, count: number): string {
  const listed = type?.usd_per_hour != null && count >= 1 ? type.usd_per_hour * count : null;
  const hour = estimate?.usd_per_hour ?? listed;
  return hour == null ? deployMessages.totalUnknown : deployMessages.totalLine(money(hour), money(estimate?.usd_per_month ?? hour * HOURS_A_MONTH));
}

/** The maximum's price, where scaling changes it. */
export function maximumLine(estimate: Estimate): string | null {
  const { usd_per_hour, usd_per_hour_at_max } = estimate;
  return usd_per_hour_at_max == null || usd_per_hour_at_max === usd_per_hour ? null : deployMessages.atMost(money(usd_per_hour_at_max));
}

export function memoryLine({ fits }: Estimate): string {
  if (fits === null) return deployMessages.memoryUnknown;
  return fits ? deployMessages.memoryFits : deployMessages.memoryTight;
}

/** Seconds of a whole run: of phases that run beside each other the slowest counts. Null where one never ran here. */
export function wholeRun(typical: Record<string, number>): number | null {
  const steps = PIPELINE.map((beside) => Math.max(...beside.map((phase) => typical[phase] ?? Number.NaN)));
  const whole = steps.reduce((sum, seconds) => sum + seconds, 0);
  return Number.isNaN(whole) ? null : whole;
}

/** When a size goes, and what to move to; null for one that stays. */
export function retirement(type: InstanceType): string | null {
  if (!type.retires_on) return null;
  const day = exactDay(type.retires_on);
  return type.successor ? deployMessages.retiresTo(day, type.successor) : deployMessages.retires(day);
}
