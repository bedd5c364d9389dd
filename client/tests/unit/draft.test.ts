import { expect, test } from "vitest";
import { keyFor, requestOf, type Draft } from "@/lib/draft";
import { USUAL_RELEASE } from "@/lib/release";
import { USUAL_SCALE } from "@/lib/scale";

const draft: Draft = { deployment_name: " iris ", endpoint_name: " ", instance_type: "Standard_DS1_v2", ...USUAL_SCALE, instance_count: 2, description: "", variables: [], release: USUAL_RELEASE, pending: null };

test("what is empty is left to the service", () => {
  expect(requestOf("m", draft)).toEqual({ model_id: "m", deployment_name: "iris", endpoint_name: null, instance_type: "Standard_DS1_v2", instance_count: 2, description: null });
});

test("autoscale begins with its least, and variables go without their empty rows", () => {
  const request = requestOf("m", { ...draft, autoscaled: true, min: "2", max: "5", variables: [{ name: "A", value: "1" }, { name: "", value: "" }] });
  expect(request).toMatchObject({ instance_count: 2, autoscale: { min: 2, max: 5 }, environment_variables: { A: "1" } });
});

test("the same request keeps its key; a changed one is another request", () => {
  const request = requestOf("m", draft);
  const pending = { ...draft, pending: { key: "k", request } };
  expect(keyFor(pending, requestOf("m", draft))).toBe("k");
  expect(keyFor(pending, requestOf("m", { ...draft, instance_count: 3 }))).not.toBe("k");
});
