import { api, asked } from "./client";
import type { components } from "./schema";

/** A size on offer: its price is null where it is not known, its quota where Azure does not tell. */
export type InstanceType = components["schemas"]["SizeOffer"];

/** The sizes on offer, with the quota that is left now. */
export async function listInstanceTypes(signal?: AbortSignal): Promise<InstanceType[]> {
  const client = await api();
  const offers = await asked(client.GET("/instance-types", { signal }), (reply) => Array.isArray(reply.instance_types));
  return offers.instance_types;
}

/** Azure asks for a fifth more cores than the instances have, so that they can be upgraded. */
export const coresOfQuota = (type: InstanceType, count: number) => Math.ceil(Math.round(1.2 * count * 1e6) / 1e6) * type.cores;
