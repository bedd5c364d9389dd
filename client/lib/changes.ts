import type { components } from "./api/schema";
import { endpointMessages } from "./messages/endpoints";

type Change = components["schemas"]["Change"];
const text = endpointMessages.revision;

/** A field that is not as in the revision before, in words. */
export function wordsOfChange({ field, before, after }: Change): string {
  const name = text.fields[field] ?? field.replaceAll("_", " ");
  // An id tells nobody anything.
  if (field === "model_id") return `${name}: ${text.otherModel}`;
  if (isRecord(before) && isRecord(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((key) => worded(before[key]) !== worded(after[key]));
    return keys.map((key) => text.change(`${name}, ${key.replaceAll("_", " ")}`, worded(before[key]), worded(after[key]))).join("; ");
  }
  return text.change(name, worded(before), worded(after));
}

function worded(value: unknown): string {
  if (value === null || value === undefined || value === "") return text.nothing;
  if (Array.isArray(value)) return value.map(worded).join(", ");
  if (isRecord(value)) return Object.entries(value).map(([key, each]) => `${key.replaceAll("_", " ")} ${worded(each)}`).join(", ");
  return String(value).replace(/^all_at_once$/, endpointMessages.release.strategies.all_at_once);
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);
