import { api, asked } from "./client";
import { supabase } from "./supabase";
import type { components } from "./schema";

type Schemas = components["schemas"];
export type Model = Schemas["ModelRow"];
export type ModelPage = Schemas["ModelPage"];
export type Scan = Schemas["Scan"];
export type Limits = Schemas["UserLimits"];

const BUCKET = "/storage/v1/object";

/** A page of the user's trained models, newest first. */
export async function listModels(query: { search?: string; cursor?: string; limit?: number }, signal?: AbortSignal): Promise<ModelPage> {
  const client = await api();
  return asked(client.GET("/models", { params: { query }, signal }), (page) => Array.isArray(page.models));
}

/** One model with the scan's verdict; a new file is scanned now, which takes seconds. */
export async function getModel(id: string, signal?: AbortSignal): Promise<Model> {
  const client = await api();
  return asked(client.GET("/models/{model_id}", { params: path(id), signal }), (model) => model.id === id);
}

/** A file that lies in Storage becomes a model. */
export async function registerModel(model_name: string, file_path: string): Promise<Model> {
  const client = await api();
  return asked(client.POST("/models", { body: { model_name, file_path, algorithm: null } }), (model) => typeof model.id === "string");
}

export async function renameModel(id: string, model_name: string): Promise<Model> {
  const client = await api();
  return asked(client.PATCH("/models/{model_id}", { params: path(id), body: { model_name } }), (model) => model.id === id);
}

/** The row and its file. Raises Problem with 409 while a deployment lives. */
export async function removeModel(id: string): Promise<void> {
  const client = await api();
  await asked(client.DELETE("/models/{model_id}", { params: path(id) }), () => true);
}

/** The uploaded file, as its owner stored it. */
export async function downloadModel(model: Model): Promise<Blob> {
  return (await supabase(`${BUCKET}/authenticated/models/${encoded(model.file_path)}`)).blob();
}

export async function getLimits(signal?: AbortSignal): Promise<Limits> {
  const client = await api();
  return asked(client.GET("/limits", { signal }), (limits) => typeof limits.max_active === "number");
}

export const encoded = (filePath: string) => filePath.split("/").map(encodeURIComponent).join("/");

const path = (model_id: string) => ({ path: { model_id } });
