import { api, asked, authorized } from "./client";
import { path } from "./deployments";
import { problemFrom, problemOf } from "./problem";
import type { components } from "./schema";
import { signatureOf, type Signature } from "@/lib/signature";
import { config } from "@/lib/config";

export type Keys = components["schemas"]["EndpointKeys"];
export type Operation = components["schemas"]["OperationDetail"];
export type Container = "inference-server" | "storage-initializer";

/** The endpoint's keys, fetched now. Raises Problem. */
export async function getKeys(id: string): Promise<Keys> {
  const client = await api();
  return asked(client.GET("/deployments/{deployment_id}/keys", { params: path(id) }), (keys) => typeof keys.primary_key === "string");
}

/** Replace both keys; returns the operation's id, to follow it. */
export async function rotateKeys(id: string): Promise<string | null> {
  const client = await api();
  const call = client.POST("/deployments/{deployment_id}/keys/rotate", { params: path(id) });
  await asked(call, () => true);
  return (await call).response.headers.get("Location")?.split("/").at(-1) ?? null;
}

export async function getOperation(operation_id: string, signal?: AbortSignal): Promise<Operation> {
  const client = await api();
  return asked(client.GET("/operations/{operation_id}", { params: { path: { operation_id } }, signal }), (found) => typeof found.status === "string");
}

/** The tail of a container's log. */
export async function getLogs(id: string, container: Container, lines: number, signal?: AbortSignal): Promise<string> {
  const client = await api();
  const params = { ...path(id), query: { container, lines } };
  const logs = await asked(client.GET("/deployments/{deployment_id}/logs", { params, signal }), (found) => typeof found.content === "string");
  return logs.content;
}

/** The model's columns and an example row, as the live endpoint describes them. */
export async function getSignature(id: string, signal?: AbortSignal): Promise<Signature | null> {
  const client = await api();
  const call = client.GET("/deployments/{deployment_id}/swagger", { params: path(id), signal });
  return signatureOf(await asked(call, (document) => typeof document === "object"));
}

export interface Prediction {
  answer: unknown;
  /** From sending to having the whole answer. */
  milliseconds: number;
}

/** Score rows with the live endpoint. Raises Problem, the endpoint's own words included. */
export async function score(id: string, body: string): Promise<Prediction> {
  const { functions_url } = await config();
  const request = new Request(`${functions_url}/deployments/${id}/score`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body,
  });
  try {
    const begun = performance.now();
    const reply = await authorized(request);
    const text = await reply.text();
    const milliseconds = performance.now() - begun;
    const answer = parsed(text);
    if (!reply.ok) throw problemFrom(reply, typeof answer === "string" ? { message: answer } : answer);
    return { answer, milliseconds };
  } catch (thrown) {
    throw problemOf(thrown);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
