import type { Template, TemplateSettings } from "./api/templates";
import { requestOf, type Draft } from "./draft";
import { releaseDraftOf, USUAL_RELEASE } from "./release";
import { scaleOf } from "./scale";
import { rowsOf } from "./variables";

/** What choosing a template changes in the form: all that it sets. */
export function chosen(template: Template, draft: Draft): Partial<Draft> {
  const { instance_type, instance_count, autoscale, description, endpoint_name, environment_variables } = template.settings;
  return {
    template_id: template.id,
    ...(instance_type && { instance_type }),
    ...((instance_count || autoscale !== undefined) && scaleOf({ instance_count: instance_count ?? autoscale?.min ?? 1, autoscale: autoscale ?? null })),
    ...(description && { description }),
    ...(endpoint_name && { endpoint_name }),
    ...(environment_variables && { variables: rowsOf(environment_variables) }),
    release: { ...draft.release, ...(template.settings.release && USUAL_RELEASE), ...releaseDraftOf(template.settings) },
  };
}

/** The form's settings, to be saved under a name: all but the model and the deployment's own name. */
export function settingsOf(draft: Draft): TemplateSettings {
  const { model_id: _, deployment_name: __, description, endpoint_name, ...settings } = requestOf("", { ...draft, template_id: null });
  return { ...settings, ...(description && { description }), ...(endpoint_name && { endpoint_name }) } as TemplateSettings;
}
