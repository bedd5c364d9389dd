import type { BatchOptions } from "./api/batches";
import type { DeployModelRequest } from "./api/deployments";
import type { Problem } from "./api/problem";
import { batchMessages as text } from "./messages/batch";
import { deployMessages } from "./messages/deploy";
import { settingsMessages } from "./messages/settings";
import { nameProblem, suggestedName } from "./naming";
import { MOST_INSTANCES } from "./scale";
import { remember, remembered } from "./storage";

/** One of the models that are deployed together. */
export interface BatchRow {
  model_id: string;
  model_name: string;
  deployment_name: string;
  endpoint_name: string;
}

export interface BatchRequest {
  deployments: DeployModelRequest[];
  options: BatchOptions;
}

/** What is selected and typed, and the request that is under way. */
export interface BatchDraft {
  rows: BatchRow[];
  instance_type: string;
  instance_count: number;
  /** Empty: all of them. */
  at_once: string;
  on_failure: "go_on" | "stop";
  /** Sent, and not answered for certain. */
  pending: { key: string; request: BatchRequest } | null;
}

/** By field; `row` is what no field is to blame for. */
export type RowErrors = Partial<Record<"deployment_name" | "endpoint_name" | "row", string>>;
export type BatchErrors = Partial<Record<"instance_count" | "at_once", string>>;

export const MOST_ROWS = 20;
export const EMPTY_BATCH: BatchDraft = { rows: [], instance_type: "Standard_DS1_v2", instance_count: 1, at_once: "", on_failure: "go_on", pending: null };
const FIELD_OF: Record<string, keyof RowErrors> = { deployment_name_taken: "deployment_name", double_in_batch: "deployment_name", endpoint_name_taken: "endpoint_name" };

/** The draft with the model in it, or without it if it was there; at most 20. */
export function toggled(draft: BatchDraft, model: { id: string; model_name: string }): BatchDraft {
  const others = draft.rows.filter((row) => row.model_id !== model.id);
  if (others.length < draft.rows.length) return { ...draft, rows: others };
  if (others.length >= MOST_ROWS) return draft;
  return { ...draft, rows: [...others, { model_id: model.id, model_name: model.model_name, deployment_name: suggestedName(model.model_name), endpoint_name: "" }] };
}

/** Why a row would be refused, by its place; as far as it can be known here. */
export function wrongRows(rows: BatchRow[]): RowErrors[] {
  const names = rows.map((row) => `${row.endpoint_name.trim()}/${row.deployment_name.trim()}`.toLowerCase());
  return rows.map((row, at) => {
    const [name, endpoint] = [row.deployment_name.trim(), row.endpoint_name.trim()];
    const errors: RowErrors = {};
    const first = names.indexOf(names[at] ?? "");
    const wrong = name ? nameProblem(name) : deployMessages.nameMissing;
    if (wrong) errors.deployment_name = wrong;
    else if (endpoint && first < at) errors.deployment_name = text.double(first + 1);
    const wrongEndpoint = endpoint && nameProblem(endpoint);
    if (wrongEndpoint) errors.endpoint_name = wrongEndpoint;
    return errors;
  });
}

export function wrongBatch({ instance_count: count, at_once }: BatchDraft): BatchErrors {
  const limit = at_once.trim() ? Number(at_once) : MOST_ROWS;
  return {
    ...(!(Number.isInteger(count) && count >= 1 && count <= MOST_INSTANCES) && { instance_count: settingsMessages.scale.countWrong }),
    ...(!(Number.isInteger(limit) && limit >= 1 && limit <= MOST_ROWS) && { at_once: text.atOnceWrong }),
  };
}

/** What the service refuses, at the row and the field that it names; null where it names none. */
export function refusedRows(problem: Problem, count: number): RowErrors[] | null {
  const told = problem.facts["errors"];
  if (problem.code !== "batch_refused" || !Array.isArray(told)) return null;
  const rows: RowErrors[] = Array.from({ length: count }, () => ({}));
  for (const { index, code, message, fix } of told as { index: number; code: string; message: string; fix: string }[]) {
    const row = rows[index];
    if (row) row[FIELD_OF[code] ?? "row"] = `${message} ${fix}`.trim();
  }
  return rows.some((row) => Object.keys(row).length > 0) ? rows : null;
}

export function batchRequestOf(draft: BatchDraft): BatchRequest {
  const { rows, instance_type, instance_count, at_once, on_failure } = draft;
  return {
    deployments: rows.map((row) => ({
      model_id: row.model_id,
      deployment_name: row.deployment_name.trim(),
      endpoint_name: row.endpoint_name.trim() || null,
      instance_type,
      instance_count,
    })),
    options: { on_failure, ...(at_once.trim() && { at_once: Number(at_once) }) },
  };
}

const nameOf = (userId: string) => `slipway.batch.${userId}`;

/** What this tab has kept: a reload loses nothing. */
export function keptBatch(userId: string): BatchDraft {
  try {
    const found = JSON.parse(remembered(nameOf(userId)) ?? "null") as BatchDraft | null;
    return found && Array.isArray(found.rows) ? { ...EMPTY_BATCH, ...found } : EMPTY_BATCH;
  } catch {
    return EMPTY_BATCH;
  }
}

export function keepBatch(userId: string, draft: BatchDraft): void {
  remember(nameOf(userId), draft.rows.length ? JSON.stringify(draft) : null);
}
