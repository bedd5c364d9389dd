import type { DeploymentDetail, DeploymentPatch } from "./api/deployments";
import { settingsMessages } from "./messages/settings";

/** What only the deployment's row holds, as it is typed. */
export interface AboutDraft {
  description: string;
  expiry: "keep" | "after" | "never";
  /** Used with `after` alone. */
  hours: string;
  on_expiry: "sleep" | "delete";
}
type Known = Pick<DeploymentDetail, "description" | "on_expiry">;

const LONGEST_DESCRIPTION = 1000;
const FEWEST_HOURS = 0.1;
const MOST_HOURS = 8760;
const text = settingsMessages.about;

export const aboutOf = ({ description, on_expiry }: Known): AboutDraft => ({ description: description ?? "", expiry: "keep", hours: "", on_expiry: on_expiry ?? "sleep" });

export function wrongAbout({ description, expiry, hours }: AboutDraft): Partial<Record<keyof AboutDraft, string>> {
  const typed = hours.trim() ? Number(hours) : Number.NaN;
  const isHours = typed >= FEWEST_HOURS && typed <= MOST_HOURS;
  return {
    ...(description.length > LONGEST_DESCRIPTION && { description: text.descriptionLong(description.length) }),
    ...(expiry === "after" && !isHours && { hours: text.hoursWrong }),
  };
}

/** What a PATCH must change; empty where nothing is to be changed. */
export function aboutPatch(known: Known, draft: AboutDraft): DeploymentPatch {
  const before = aboutOf(known);
  const description = draft.description.trim();
  return {
    ...(description !== before.description && { description: description || null }),
    ...(draft.expiry === "after" && { expires_in_hours: Number(draft.hours) }),
    ...(draft.expiry === "never" && { expires_in_hours: null }),
    ...((draft.expiry === "after" || draft.on_expiry !== before.on_expiry) && { on_expiry: draft.on_expiry }),
  };
}
