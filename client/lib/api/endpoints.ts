import { api, asked, authorized } from "./client";
import { path } from "./deployments";
import { problemFrom, problemOf } from "./problem";
import type { components } from "./schema";
import { signatureOf, type Signature } from "@/lib/signature";
import { config } from "@/lib/config";

type Schemas = components["schemas"];
export type EndpointPage = Schemas["EndpointPage"];
export type EndpointSummary = Schemas["EndpointSummary"];
export type Revision = Schemas["Revision"];
export type TrafficMove = Schemas["TrafficMove"];
/** Deployment name to percentage. */
export type Shares = Record<string, number>;
export type ReleaseAction = "pause" | "resume" | "abort";
/** An endpoint as it was when asked; `etag` names that state when its traffic is moved. */
export type Endpoint = Schemas["EndpointDetail"] & { etag: string };

export type Keys = Schemas["EndpointKeys"];
export type Operation = Schemas["OperationDetail"];
export type Container = "inference-server" | "storage-initializer";

/** A page of the user's endpoints, by name. */
export async function listEndpoints(query: { search?: string; cursor?: string; limit?: number } = {}, signal?: AbortSignal): Promise<EndpointPage> {
  const client = await api();
  return asked(client.GET("/endpoints", { params: { query }, signal }), (page) => Array.isArray(page.endpoints));
}

/** One endpoint with its revisions, newest first, and who served when. Raises Problem. */
export async function getEndpoint(name: string, signal?: AbortSignal): Promise<Endpoint> {
  const client = await api();
  const call = client.GET("/endpoints/{endpoint_name}", { params: named(name), signal });
  const found = await asked(call, (endpoint) => Array.isArray(endpoint.revisions));
  return { ...found, etag: (await call).response.headers.get("ETag") ?? "*" };
}

/** Begin to move traffic and mirror; raises Problem traffic_changed if they are not as in `etag`. */
export async function moveTraffic(name: string, split: { traffic: Shares; mirror: Shares }, etag: string): Promise<string> {
  const client = await api();
  const params = { ...named(name), header: { "If-Match": etag } };
  return begun(client.PUT("/endpoints/{endpoint_name}/traffic", { params, body: split }));
}

/** All traffic to an earlier revision, which is woken first where it sleeps. */
export async function rollBack(name: string, to: number): Promise<string> {
  const client = await api();
  return begun(client.POST("/endpoints/{endpoint_name}/rollback", { params: named(name), body: { to } }));
}

/** Its container goes; the row, the model version and the settings stay. */
export async function sleepDeployment(id: string): Promise<string> {
  const client = await api();
  return begun(client.POST("/deployments/{deployment_id}/sleep", { params: path(id) }));
}

export async function wakeDeployment(id: string): Promise<string> {
  const client = await api();
  return begun(client.POST("/deployments/{deployment_id}/wake", { params: path(id) }));
}

/** Hold a watched release, let it go on, or give it up. */
export async function steerRelease(id: string, action: ReleaseAction): Promise<void> {
  const client = await api();
  const params = path(id);
  const calls = {
    pause: () => client.POST("/deployments/{deployment_id}/release/pause", { params }),
    resume: () => client.POST("/deployments/{deployment_id}/release/resume", { params }),
    abort: () => client.POST("/deployments/{deployment_id}/release/abort", { params }),
  };
  await asked(calls[action](), () => true);
}

/** The id of the operation that an accepted change runs as. */
async function begun(call: Parameters<typeof asked<{ operation_id: string }>>[0]): Promise<string> {
  return (await asked(call, (reply) => typeof reply.operation_id === "string")).operation_id;
}

const named = (endpoint_name: string) => ({ path: { endpoint_name } });

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
