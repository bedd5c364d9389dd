import type { DeployModelRequest } from "./api/deployments";
import { releaseFields, USUAL_RELEASE, type ReleaseDraft } from "./release";
import { autoscaleOf, fewestInstances, USUAL_SCALE, type ScaleDraft } from "./scale";
import { remember, remembered } from "./storage";
import { variablesOf, type Variable } from "./variables";

/** What a user has typed for one model, and the request that is under way. */
export interface Draft extends ScaleDraft {
  deployment_name: string;
  endpoint_name: string;
  instance_type: string;
  description: string;
  variables: Variable[];
  /** Whose settings the form has been filled with. */
  template_id?: string | null;
  release: ReleaseDraft;
  /** Sent, and not answered for certain: sending it again with its key makes no second deployment. */
  pending: { key: string; request: DeployModelRequest } | null;
}

const nameOf = (userId: string, modelId: string) => `slipway.draft.${userId}.${modelId}`;

/** The draft that this tab has kept, or null. */
export function keptDraft(userId: string, modelId: string): Draft | null {
  try {
    const found = JSON.parse(remembered(nameOf(userId, modelId)) ?? "null") as Draft | null;
    if (!found || typeof found.deployment_name !== "string") return null;
    // One that an older version of the page has kept has less.
    return { ...USUAL_SCALE, ...found, variables: found.variables ?? [], release: { ...USUAL_RELEASE, ...found.release } };
  } catch {
    return null;
  }
}

export function keepDraft(userId: string, modelId: string, draft: Draft | null): void {
  remember(nameOf(userId, modelId), draft && JSON.stringify(draft));
}

/** What is as the API would choose is left out; not beside a template, whose own would hold then. */
export function requestOf(modelId: string, draft: Draft): DeployModelRequest {
  const { template_id, instance_type } = draft;
  const [autoscale, variables] = [autoscaleOf(draft), variablesOf(draft.variables)];
  return {
    model_id: modelId,
    deployment_name: draft.deployment_name.trim(),
    endpoint_name: draft.endpoint_name.trim() || null,
    instance_type,
    instance_count: fewestInstances(draft),
    description: draft.description.trim() || null,
    ...((autoscale || template_id) && { autoscale }),
    ...((Object.keys(variables).length > 0 || template_id) && { environment_variables: variables }),
    ...releaseFields(draft.release, !!template_id),
    ...(template_id && { template_id }),
  };
}

/** The key to send `request` with: the same as before while the request is the same. */
export function keyFor(draft: Draft, request: DeployModelRequest): string {
  const { pending } = draft;
  return pending && JSON.stringify(pending.request) === JSON.stringify(request) ? pending.key : crypto.randomUUID();
}
