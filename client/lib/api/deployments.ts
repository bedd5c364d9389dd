import { api, asked } from "./client";
import type { components } from "./schema";

type Schemas = components["schemas"];
export type Deployment = Schemas["DeploymentRow"];
export type DeploymentDetail = Schemas["DeploymentDetail"];
export type DeploymentPage = Schemas["DeploymentPage"];
export type DeploymentStats = Schemas["DeploymentStats"];
export type DeploymentStatus = Schemas["Status"];
export type DeployModelResponse = Schemas["DeployAccepted"];
export type Estimate = Schemas["Estimate"];
export type Phase = Schemas["PhaseSummary"];
export type Autoscale = Schemas["Autoscale"];
/** What is left out stays as it is. */
export type DeploymentPatch = Schemas["DeploymentPatch"];
/** What a user asks for; what is left out is chosen by the API. */
export type DeployModelRequest = { model_id: string } & Partial<Omit<Schemas["DeployRequest"], "model_id" | "user_id">>;

export interface DeploymentQuery {
  status?: DeploymentStatus;
  search?: string;
  cursor?: string;
  limit?: number;
}

/** Deploy a model. The same `key` and request within a day make one deployment. Raises Problem. */
export async function deployModel(request: DeployModelRequest, key: string): Promise<DeployModelResponse> {
  const client = await api();
  return asked(
    client.POST("/deployments/deploy", {
      body: request as Schemas["DeployRequest"],
      params: { header: { "Idempotency-Key": key } },
    }),
    isAccepted,
  );
}

/** What this request would cost, need and take; nothing is created. Raises Problem. */
export async function estimateDeployment(request: DeployModelRequest, signal?: AbortSignal): Promise<Estimate> {
  const client = await api();
  return asked(client.POST("/deployments/estimate", { body: request as Schemas["DeployRequest"], signal }), (found) => typeof found.cores_needed === "number");
}

/** A page of the user's deployments, newest first. */
export async function listDeployments(query: DeploymentQuery = {}, signal?: AbortSignal): Promise<DeploymentPage> {
  const client = await api();
  return asked(client.GET("/deployments/list", { params: { query }, signal }), (page) => Array.isArray(page.deployments));
}

export async function getDeploymentStats(signal?: AbortSignal): Promise<DeploymentStats> {
  const client = await api();
  return asked(client.GET("/deployments/stats", { signal }), (stats) => typeof stats === "object");
}

/** One deployment with its phases. */
export async function getDeployment(id: string, signal?: AbortSignal): Promise<DeploymentDetail> {
  const client = await api();
  return asked(client.GET("/deployments/{deployment_id}", { params: path(id), signal }), (found) => found.id === id);
}

/** Change a deployment. The id of the operation that goes on in the cloud; null where all is done. Raises Problem. */
export async function updateDeployment(id: string, patch: DeploymentPatch): Promise<string | null> {
  const client = await api();
  const call = client.PATCH("/deployments/{deployment_id}", { params: path(id), body: patch });
  const reply = await asked(call, (found) => "operation_id" in found || "id" in found);
  return "operation_id" in reply ? reply.operation_id : null;
}

/** It leaves the list now; what runs in the cloud is removed right after. */
export async function deleteDeployment(id: string): Promise<void> {
  const client = await api();
  await asked(client.DELETE("/deployments/{deployment_id}", { params: path(id) }), () => true);
}

/** A failed deployment's request again, as a deployment of its own. */
export async function retryDeployment(id: string): Promise<DeployModelResponse> {
  const client = await api();
  return asked(client.POST("/deployments/{deployment_id}/retry", { params: path(id) }), isAccepted);
}

export const path = (deployment_id: string) => ({ path: { deployment_id } });

const isAccepted = (reply: DeployModelResponse) => typeof reply.deployment_id === "string";
