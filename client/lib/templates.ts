import type { Template, TemplateSettings } from "./api/templates";
import type { Draft } from "./draft";

/** What choosing a template changes in the form; what the form does not show goes with its id. */
export function chosen(template: Template): Partial<Draft> {
  const { instance_type, instance_count, description, endpoint_name } = template.settings;
  return {
    template_id: template.id,
    ...(instance_type && { instance_type }),
    ...(instance_count && { instance_count }),
    ...(description && { description }),
    ...(endpoint_name && { endpoint_name }),
  };
}

/** The form's settings, to be saved under a name; with those that its template has beside them. */
export function settingsOf(draft: Draft, template: Template | undefined): TemplateSettings {
  const description = draft.description.trim();
  const endpoint = draft.endpoint_name.trim();
  return {
    ...template?.settings,
    instance_type: draft.instance_type as TemplateSettings["instance_type"],
    instance_count: draft.instance_count,
    ...(description && { description }),
    ...(endpoint && { endpoint_name: endpoint }),
  };
}
