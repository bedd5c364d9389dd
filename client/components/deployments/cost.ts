import type { Deployment } from "@/lib/api/deployments";
import type { InstanceType } from "@/lib/api/instance-types";

const HOUR_MS = 3_600_000;

/** What all instances cost an hour, in US dollars; null where the price is not known. What it would cost awake, for one that sleeps. */
export function hourly(deployment: Pick<Deployment, "instance_type" | "instance_count">, types: InstanceType[] | undefined): number | null {
  const price = types?.find((type) => type.name === deployment.instance_type)?.usd_per_hour;
  return price === undefined || price === null ? null : price * deployment.instance_count;
}

/** Deploying or active: there is, or will be in minutes, something that is billed. */
export const isBilled = ({ status }: Pick<Deployment, "status">) => status === "deploying" || status === "active";

/** What it has cost since it went live; 0 unless it runs. */
export function soFar(deployment: Deployment, perHour: number, now: number): number {
  if (deployment.status !== "active" || !deployment.deployed_at) return 0;
  return (perHour * Math.max(0, now - Date.parse(deployment.deployed_at))) / HOUR_MS;
}
