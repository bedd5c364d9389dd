import { expect, test } from "vitest";
import { Problem } from "@/lib/api/problem";
import { batchRequestOf, EMPTY_BATCH, MOST_ROWS, refusedRows, toggled, wrongBatch, wrongRows, type BatchRow } from "@/lib/batch";
import { batchMessages } from "@/lib/messages/batch";

const row = (fields: Partial<BatchRow> = {}): BatchRow => ({ model_id: "m1", model_name: "Iris", deployment_name: "iris", endpoint_name: "", ...fields });

test("a model is selected with a legal name, and selecting it again leaves it out", () => {
  const one = toggled(EMPTY_BATCH, { id: "m1", model_name: "My iris (v2)" });
  expect(one.rows).toEqual([{ model_id: "m1", model_name: "My iris (v2)", deployment_name: "my-iris-v2", endpoint_name: "" }]);
  expect(toggled(one, { id: "m1", model_name: "My iris (v2)" }).rows).toEqual([]);
});

test("no more than 20 are selected", () => {
  const many = Array.from({ length: MOST_ROWS + 1 }, (_, at) => ({ id: `m${at}`, model_name: `model ${at}` }));
  expect(many.reduce(toggled, EMPTY_BATCH).rows).toHaveLength(MOST_ROWS);
});

test("a wrong name is told at its row, and the same name twice only on the same endpoint", () => {
  const wrong = wrongRows([row(), row({ deployment_name: "1" }), row({ endpoint_name: "a b" }), row({ endpoint_name: "Team" }), row({ endpoint_name: "team", deployment_name: "IRIS" })]);
  expect(wrong.map((each) => Object.keys(each))).toEqual([[], ["deployment_name"], ["endpoint_name"], [], ["deployment_name"]]);
  expect(wrong[4]?.deployment_name).toBe(batchMessages.double(4));
});

test.each([
  [{ at_once: "0" }, ["at_once"]],
  [{ at_once: "21" }, ["at_once"]],
  [{ instance_count: 11 }, ["instance_count"]],
  [{ at_once: " " }, []],
])("%j is wrong in %j", (fields, wrong) => {
  expect(Object.keys(wrongBatch({ ...EMPTY_BATCH, ...fields }))).toEqual(wrong);
});

test("what the service refuses stands at the row and the field that it names", () => {
  const errors = [
    { index: 1, code: "endpoint_name_taken", message: "Taken.", fix: "Choose another." },
    { index: 2, code: "model_not_found", message: "Gone.", fix: "" },
    { index: 9, code: "model_not_found", message: "Nobody's.", fix: "" },
  ];
  const problem = new Problem("batch_refused", "Refused.", "", 422, null, null, { errors });
  expect(refusedRows(problem, 3)).toEqual([{}, { endpoint_name: "Taken. Choose another." }, { row: "Gone." }]);
  expect(refusedRows(new Problem("too_many_deploying", "No room.", "", 429), 3)).toBeNull();
});

test("the request has one size for all, and leaves out what is not asked", () => {
  const draft = { ...EMPTY_BATCH, rows: [row(), row({ model_id: "m2", endpoint_name: " team " })], instance_count: 2 };
  const { deployments, options } = batchRequestOf(draft);
  expect(deployments.map((each) => [each.model_id, each.endpoint_name, each.instance_count])).toEqual([["m1", null, 2], ["m2", "team", 2]]);
  expect(options).toEqual({ on_failure: "go_on" });
  expect(batchRequestOf({ ...draft, at_once: "1" }).options).toEqual({ on_failure: "go_on", at_once: 1 });
});
