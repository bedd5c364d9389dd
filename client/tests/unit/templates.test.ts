import { USUAL_RELEASE } from "@/lib/release";
import { expect, test } from "vitest";
import type { Template } from "@/lib/api/templates";
import { requestOf, type Draft } from "@/lib/draft";
import { chosen, settingsOf } from "@/lib/templates";

const draft: Draft = {
  deployment_name: "blue",
  endpoint_name: "",
  instance_type: "Standard_DS1_v2",
  instance_count: 1,
  description: " ",
  release: USUAL_RELEASE, pending: null,
};
const template: Template = {
  id: "t",
  name: "small",
  settings: { instance_count: 3, environment_variables: { LOG_LEVEL: "info" } },
  created_at: "2026-01-01T00:00:00Z",
  updated_at: "2026-01-01T00:00:00Z",
};

test("a chosen template changes what it sets and nothing else", () => {
  expect({ ...draft, ...chosen(template) }).toEqual({ ...draft, instance_count: 3, template_id: "t" });
});

test("what the form does not show reaches the request by the template's id", () => {
  expect(requestOf("m", { ...draft, ...chosen(template) })).toMatchObject({ template_id: "t", instance_count: 3 });
  expect(requestOf("m", draft)).not.toHaveProperty("template_id");
  expect(requestOf("m", { ...draft, template_id: null })).not.toHaveProperty("template_id");
});

test("the request leaves to the template what the form has nothing for", () => {
  const request = requestOf("m", { ...draft, template_id: "t" });
  expect(request).not.toHaveProperty("description");
  expect(request).not.toHaveProperty("endpoint_name");
});

test("the form's settings are saved with those that its template has beside them", () => {
  const typed = { ...draft, instance_count: 2, endpoint_name: "iris " };
  expect(settingsOf(typed, template)).toEqual({
    instance_type: "Standard_DS1_v2",
    instance_count: 2,
    endpoint_name: "iris",
    environment_variables: { LOG_LEVEL: "info" },
  });
  expect(settingsOf(draft, undefined)).toEqual({ instance_type: "Standard_DS1_v2", instance_count: 1 });
});
