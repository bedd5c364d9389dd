import { USUAL_RELEASE } from "@/lib/release";
import { USUAL_SCALE } from "@/lib/scale";
import { expect, test } from "vitest";
import type { Template } from "@/lib/api/templates";
import { requestOf, type Draft } from "@/lib/draft";
import { chosen, settingsOf } from "@/lib/templates";

const draft: Draft = {
  deployment_name: "blue",
  endpoint_name: "",
  instance_type: "Standard_DS1_v2",
  ...USUAL_SCALE, instance_count: 1,
  description: " ", variables: [],
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
  const variables = [{ name: "LOG_LEVEL", value: "info" }];
  expect({ ...draft, ...chosen(template, draft) }).toEqual({ ...draft, instance_count: 3, variables, template_id: "t" });
});

test("its scale and its release stand in the form", () => {
  const autoscale = { min: 2, max: 4, cpu_percent: 60, scale_in_cooldown_minutes: 5 };
  const release = { strategy: "canary" as const, steps: [5, 25], step_minutes: 3 } as NonNullable<Template["settings"]["release"]>;
  const filled = { ...draft, ...chosen({ ...template, settings: { autoscale, release, expires_in_hours: 12 } }, draft) };
  expect(filled).toMatchObject({ autoscaled: true, min: "2", max: "4", release: { strategy: "canary", steps: "5, 25", step_minutes: "3", expires_in_hours: "12" } });
  expect(requestOf("m", filled)).toMatchObject({ instance_count: 2, autoscale, release: { strategy: "canary", steps: [5, 25] }, expires_in_hours: 12 });
});

test("beside a template the request says all that the form shows: what was typed wins", () => {
  const filled = { ...draft, ...chosen(template, draft), variables: [], instance_count: 1 };
  expect(requestOf("m", filled)).toEqual({
    model_id: "m",
    deployment_name: "blue",
    endpoint_name: null,
    instance_type: "Standard_DS1_v2",
    instance_count: 1,
    description: null,
    autoscale: null,
    environment_variables: {},
    release: { strategy: "all_at_once" },
    keep_previous_minutes: 60,
    expires_in_hours: null,
    on_expiry: "sleep",
    template_id: "t",
  });
  expect(requestOf("m", { ...draft, template_id: null })).not.toHaveProperty("template_id");
});

test("the form's settings are saved, but not the model and the deployment's own name", () => {
  const typed = { ...draft, instance_count: 2, endpoint_name: "iris ", template_id: "t", variables: [{ name: "A", value: "1" }], release: { ...USUAL_RELEASE, strategy: "manual" as const } };
  expect(settingsOf(typed)).toEqual({ instance_type: "Standard_DS1_v2", instance_count: 2, endpoint_name: "iris", environment_variables: { A: "1" }, release: { strategy: "manual" } });
  expect(settingsOf(draft)).toEqual({ instance_type: "Standard_DS1_v2", instance_count: 1 });
});
