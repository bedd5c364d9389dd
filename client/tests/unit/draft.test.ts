import { expect, test } from "vitest";
import { keyFor, requestOf, type Draft } from "@/lib/draft";
import { USUAL_RELEASE } from "@/lib/release";

const draft: Draft = { deployment_name: " iris ", endpoint_name: " ", instance_type: "Standard_DS1_v2", instance_count: 2, description: "", release: USUAL_RELEASE, pending: null };

test("what is empty is left to the service", () => {
  expect(requestOf("m", draft)).toEqual({ model_id: "m", deployment_name: "iris", endpoint_name: null, instance_type: "Standard_DS1_v2", instance_count: 2, description: null });
});

test("the same request keeps its key; a changed one is another request", () => {
  const request = requestOf("m", draft);
  const pending = { ...draft, pending: { key: "k", request } };
  expect(keyFor(pending, requestOf("m", draft))).toBe("k");
  expect(keyFor(pending, requestOf("m", { ...draft, instance_count: 3 }))).not.toBe("k");
});
