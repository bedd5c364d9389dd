import { expect, test } from "vitest";
import type { Estimate } from "@/lib/api/deployments";
import type { InstanceType } from "@/lib/api/instance-types";
import type { Draft } from "@/lib/draft";
import { estimateOf, maximumLine, memoryLine, priceLine, retirement, wholeRun } from "@/lib/estimate";
import { deployMessages } from "@/lib/messages/deploy";
import { USUAL_RELEASE } from "@/lib/release";
import { USUAL_SCALE } from "@/lib/scale";
import { PIPELINE } from "@/lib/timeline";

const draft: Draft = { deployment_name: "iris", endpoint_name: "", instance_type: "Standard_DS2_v2", ...USUAL_SCALE, instance_count: 2, description: "", variables: [], release: USUAL_RELEASE, pending: null };
const estimate: Estimate = {
  usd_per_hour: 0.272,
  usd_per_month: 198.56,
  usd_per_hour_at_max: 0.272,
  cores_needed: 6,
  cores_left: 24,
  fits: true,
  better_fit: null,
  typical_seconds: {},
};
const size: InstanceType = {
  name: "Standard_DS2_v2",
  cores: 2,
  memory_gb: 7,
  usd_per_hour: 0.136,
  is_default: false,
  retires_on: "2028-05-01",
  successor: "Standard_D2as_v4",
  quota: null,
  most_instances: null,
};

test("typing a name or a description asks for no other estimate", () => {
  const before = JSON.stringify(estimateOf("m", draft));
  expect(JSON.stringify(estimateOf("m", { ...draft, deployment_name: "-", description: "x" }))).toBe(before);
  expect(JSON.stringify(estimateOf("m", { ...draft, instance_count: 3 }))).not.toBe(before);
});

test.each([Number.NaN, 0, 11, 1.5])("a count of %s is not asked for", (instance_count) => {
  expect(estimateOf("m", { ...draft, instance_count })).toBeNull();
});

test("the price is the list's until the estimate is there", () => {
  expect(priceLine(undefined, size, 2)).toBe(priceLine(estimate, size, 2));
  expect(priceLine(undefined, { ...size, usd_per_hour: null }, 2)).toBe(deployMessages.totalUnknown);
  expect(priceLine(undefined, size, Number.NaN)).toBe(deployMessages.totalUnknown);
});

test("the maximum's price is told where it is another one", () => {
  expect(maximumLine(estimate)).toBeNull();
  expect(maximumLine({ ...estimate, usd_per_hour_at_max: 0.68 })).toContain("0.68");
});

test("memory fits, does not, or is not known", () => {
  expect([true, false, null].map((fits) => memoryLine({ ...estimate, fits }))).toEqual([deployMessages.memoryFits, deployMessages.memoryTight, deployMessages.memoryUnknown]);
});

test("a whole run counts the slower of two phases that run together, and needs every phase", () => {
  const typical = Object.fromEntries(PIPELINE.flat().map((phase) => [phase, 10]));
  expect(wholeRun({ ...typical, prepare_model: 30 })).toBe(10 * (PIPELINE.length - 1) + 30);
  expect(wholeRun({})).toBeNull();
});

test("a retiring size says when it goes and what follows", () => {
  expect(retirement(size)).toMatch(/2028.*Standard_D2as_v4/);
  expect(retirement({ ...size, successor: null })).toContain("2028");
  expect(retirement({ ...size, retires_on: null })).toBeNull();
});
