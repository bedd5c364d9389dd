import type { DeployModelRequest } from "./api/deployments";
import { releaseFields, USUAL_RELEASE, type ReleaseDraft } from "./release";
import { remember, remembered } from "./storage";

/** What a user has typed for one model, and the request that is under way. */
export interface Draft {
  deployment_name: string;
  endpoint_name: string;
  instance_type: string;
  instance_count: number;
  description: string;
  /** Has what the form does not show. */
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
    // One that an older version of the page has kept has no release.
    return { ...found, release: { ...USUAL_RELEASE, ...found.release } };
  } catch {
    return null;
  }
}

export function keepDraft(userId: string, modelId: string, draft: Draft | null): void {
  remember(nameOf(userId, modelId), draft && JSON.stringify(draft));
}

export function requestOf(modelId: string, draft: Draft): DeployModelRequest {
  const request: DeployModelRequest = {
    model_id: modelId,
    deployment_name: draft.deployment_name.trim(),
    endpoint_name: draft.endpoint_name.trim() || null,
    instance_type: draft.instance_type,
    instance_count: draft.instance_count,
    description: draft.description.trim() || null,
    ...releaseFields(draft.release),
  };
  if (!draft.template_id) return request;
  // A null would win over the template.
  if (request.endpoint_name === null) delete request.endpoint_name;
  if (request.description === null) delete request.description;
  return { ...request, template_id: draft.template_id };
}

/** The key to send `request` with: the same as before while the request is the same. */
export function keyFor(draft: Draft, request: DeployModelRequest): string {
  const { pending } = draft;
  return pending && JSON.stringify(pending.request) === JSON.stringify(request) ? pending.key : crypto.randomUUID();
}
