import { expect, test } from "vitest";
import { planOf, releaseFields, USUAL_RELEASE, wrongRelease, type ReleaseDraft } from "@/lib/release";

const draft = (fields: Partial<ReleaseDraft>): ReleaseDraft => ({ ...USUAL_RELEASE, ...fields });

test("what is as usual is left to the API", () => {
  expect(releaseFields(USUAL_RELEASE)).toEqual({});
  expect(wrongRelease(USUAL_RELEASE)).toEqual({});
});

test("a strategy sends what it uses, and nothing else", () => {
  expect(releaseFields(draft({ strategy: "canary", steps: "5 25, 75", max_p95_ms: "300" })).release).toEqual({
    strategy: "canary",
    steps: [5, 25, 75],
    step_minutes: 10,
    max_error_percent: 1,
    max_p95_ms: 300,
    min_requests: 20,
    on_silence: "wait",
    on_failure: "remove",
  });
  expect(Object.keys(releaseFields(draft({ strategy: "shadow" })).release ?? {})).not.toContain("steps");
  expect(releaseFields(draft({ strategy: "manual", steps: "nonsense" }))).toEqual({ release: { strategy: "manual" } });
});

test("an empty time to keep means for ever, an empty expiry never", () => {
  expect(releaseFields(draft({ keep_previous_minutes: "" }))).toEqual({ keep_previous_minutes: null });
  expect(releaseFields(draft({ expires_in_hours: "12", on_expiry: "delete" }))).toEqual({ expires_in_hours: 12, on_expiry: "delete" });
});

test.each([
  [{ strategy: "canary", steps: "50, 10" }, "steps"],
  [{ strategy: "canary", steps: "" }, "steps"],
  [{ strategy: "canary", steps: "10, 100" }, "steps"],
  [{ strategy: "canary", step_minutes: "0" }, "step_minutes"],
  [{ strategy: "shadow", mirror_percent: "51" }, "mirror_percent"],
  [{ strategy: "shadow", min_requests: "1.5" }, "min_requests"],
  [{ strategy: "canary", max_error_percent: "many" }, "max_error_percent"],
  [{ keep_previous_minutes: "-1" }, "keep_previous_minutes"],
  [{ expires_in_hours: "9000" }, "expires_in_hours"],
] as [Partial<ReleaseDraft>, keyof ReleaseDraft][])("%o is told at its field", (fields, field) => {
  expect(Object.keys(wrongRelease(draft(fields)))).toEqual([field]);
});

test("what a strategy does not use is not judged", () => {
  expect(wrongRelease(draft({ steps: "nonsense", minutes: "x", min_requests: "" }))).toEqual({});
});

test("a plan is told in one line, with its limits", () => {
  const plan = { ...USUAL_RELEASE, strategy: "canary" as const, steps: [10, 50], step_minutes: 10, minutes: 30, mirror_percent: 10, max_error_percent: 1, max_p95_ms: null, min_requests: 20 };
  expect(planOf(plan)).toBe("10, 50 %, 10 min each, then everything; at most 1 % errors, not slower than the old one, judged from 20 requests on.");
});
