import { api, asked } from "./client";
import type { components } from "./schema";

type Schemas = components["schemas"];
/** What a deploy request may have, but the model; what is absent has its default. */
export type TemplateSettings = Partial<Schemas["DeploymentSettings"]>;
export type Template = Omit<Schemas["Template"], "settings"> & { settings: TemplateSettings };

/** All of the user's templates, by name. */
export async function listTemplates(signal?: AbortSignal): Promise<Template[]> {
  const client = await api();
  const list = await asked(client.GET("/templates", { signal }), (found) => Array.isArray(found.templates));
  return list.templates as Template[];
}

/** Save settings under a name of the user's. Raises Problem, template_name_taken among others. */
export async function saveTemplate(name: string, settings: TemplateSettings): Promise<Template> {
  const client = await api();
  const body = { name, settings } as Schemas["TemplateRequest"];
  return (await asked(client.POST("/templates", { body }), (made) => typeof made.id === "string")) as Template;
}

export async function replaceTemplate(id: string, name: string, settings: TemplateSettings): Promise<Template> {
  const client = await api();
  const body = { name, settings } as Schemas["TemplateRequest"];
  return (await asked(client.PUT("/templates/{template_id}", { body, params: path(id) }), (made) => made.id === id)) as Template;
}

/** Deployments that were made with it stay as they are. */
export async function removeTemplate(id: string): Promise<void> {
  const client = await api();
  await asked(client.DELETE("/templates/{template_id}", { params: path(id) }), () => true);
}

const path = (template_id: string) => ({ path: { template_id } });
