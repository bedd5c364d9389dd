import { api, asked } from "./client";
import type { DeployModelRequest } from "./deployments";
import type { components } from "./schema";

type Schemas = components["schemas"];
export type Batch = Schemas["Batch"];
export type BatchAccepted = Schemas["BatchAccepted"];
/** How many deploy at a time, and whether a failure stops those that have not begun. */
export type BatchOptions = Partial<Pick<Schemas["BatchRequest"], "at_once" | "on_failure">>;

/** Deploy up to 20 models, all or none. The same `key` and request within a day make one batch. Raises Problem. */
export async function deployBatch(deployments: DeployModelRequest[], key: string, options: BatchOptions = {}): Promise<BatchAccepted> {
  const client = await api();
  const body = { deployments, ...options } as Schemas["BatchRequest"];
  return asked(
    client.POST("/deployments/batch", { body, params: { header: { "Idempotency-Key": key } } }),
    (reply) => typeof reply.batch_id === "string",
  );
}

/** How many are active, deploying and failed, and each one's status. */
export async function getBatch(id: string, signal?: AbortSignal): Promise<Batch> {
  const client = await api();
  return asked(client.GET("/batches/{batch_id}", { params: path(id), signal }), (found) => found.batch_id === id);
}

/** What has not begun fails; how many that were. */
export async function cancelBatch(id: string): Promise<number> {
  const client = await api();
  return (await asked(client.DELETE("/batches/{batch_id}", { params: path(id) }), (reply) => typeof reply.cancelled === "number")).cancelled;
}

const path = (batch_id: string) => ({ path: { batch_id } });
