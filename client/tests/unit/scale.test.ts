import { expect, test } from "vitest";
import { scaleOf, scalePatch, USUAL_SCALE, wrongScale } from "@/lib/scale";
import { settingsMessages } from "@/lib/messages/settings";

const AUTO = { min: 1, max: 3, cpu_percent: 70, scale_in_cooldown_minutes: 10 };
const fixed = { instance_count: 2, autoscale: null };
const scaled = { instance_count: 2, autoscale: AUTO };

test("what is as it was needs no patch", () => {
  expect(scalePatch(fixed, scaleOf(fixed))).toEqual({});
  expect(scalePatch(scaled, scaleOf(scaled))).toEqual({});
});

test("another number is the number alone", () => {
  expect(scalePatch(fixed, { ...scaleOf(fixed), instance_count: 4 })).toEqual({ instance_count: 4 });
});

test("autoscale is sent whole, and the cloud chooses the number between its limits", () => {
  expect(scalePatch(fixed, { ...scaleOf(fixed), autoscaled: true })).toEqual({ autoscale: AUTO });
  expect(scalePatch(scaled, { ...scaleOf(scaled), max: "5" })).toEqual({ autoscale: { ...AUTO, max: 5 } });
});

test("a fixed number after autoscale removes it and says how many, even if that is as many as run", () => {
  expect(scalePatch(scaled, { ...scaleOf(scaled), autoscaled: false })).toEqual({ autoscale: null, instance_count: 2 });
});

test.each([
  [{ instance_count: 0 }, ["instance_count"]],
  [{ instance_count: 11 }, ["instance_count"]],
  [{ instance_count: Number.NaN }, ["instance_count"]],
  [{ autoscaled: true, instance_count: 0 }, []],
  [{ autoscaled: true, min: "" }, ["min"]],
  [{ autoscaled: true, max: "11" }, ["max"]],
  [{ autoscaled: true, min: "4" }, ["max"]],
  [{ autoscaled: true, cpu_percent: "9" }, ["cpu_percent"]],
  [{ autoscaled: true, cpu_percent: "70.5" }, ["cpu_percent"]],
  [{ autoscaled: true, scale_in_cooldown_minutes: "0" }, ["scale_in_cooldown_minutes"]],
])("%j is wrong in %j", (fields, wrong) => {
  expect(Object.keys(wrongScale({ ...USUAL_SCALE, ...fields }))).toEqual(wrong);
});

test("a maximum below the minimum names the minimum", () => {
  expect(wrongScale({ ...USUAL_SCALE, autoscaled: true, min: "4" }).max).toBe(settingsMessages.scale.maxBelowMin("4"));
});
