import { expect, test } from "vitest";
import type { DeploymentDetail, Phase } from "@/lib/api/deployments";
import { releaseOf, stepsOf, typicalOf } from "@/lib/timeline";

const AT = Date.parse("2026-01-01T00:00:00Z");
const at = (seconds: number) => new Date(AT + seconds * 1000).toISOString();
const phase = (name: string, status: Phase["status"], from: number, to: number | null): Phase => ({
  phase: name,
  status,
  started_at: at(from),
  ended_at: to === null ? null : at(to),
  message: "",
  detail: null,
  error: null,
  earlier: [],
});
const detail = (status: DeploymentDetail["status"], phases: Phase[]) => ({ status, phases }) as DeploymentDetail;

test("phases to come wait, the running one counts, and two stand beside each other", () => {
  const steps = stepsOf(
    detail("deploying", [phase("verify_workspace", "succeeded", 0, 2), phase("prepare_model", "started", 2, null), phase("create_endpoint", "retrying", 2, null)]),
    AT + 10_000,
    { prepare_model: 4 },
  );
  expect(steps.map((step) => [step.phase, step.state])).toEqual([
    ["verify_workspace", "done"],
    ["prepare_model", "running"],
    ["create_endpoint", "retrying"],
    ["register_model", "waiting"],
    ["create_deployment", "waiting"],
    ["verify_deployment", "waiting"],
    ["shift_traffic", "waiting"],
    ["finalize", "waiting"],
  ]);
  expect(steps[0]).toMatchObject({ seconds: 2 });
  expect(steps[1]).toMatchObject({ seconds: 8, usually: 4, beside: "create_endpoint" });
});

test("what a failed deployment never reached is not waiting, and its clean-up follows", () => {
  const steps = stepsOf(detail("failed", [phase("verify_workspace", "failed", 0, 1), phase("remove_endpoint", "succeeded", 1, 2)]), AT, {});
  expect(steps[0]?.state).toBe("failed");
  expect(steps[1]?.state).toBe("skipped");
  expect(steps.at(-1)).toMatchObject({ phase: "remove_endpoint", state: "done" });
});

test("another deployment's successful phases are what is typical", () => {
  const other = detail("active", [phase("prepare_model", "succeeded", 1, 5), phase("finalize", "failed", 5, 6)]);
  expect(typicalOf(other)).toEqual({ prepare_model: 4 });
  expect(typicalOf(undefined)).toEqual({});
});

test("a watched release is stepped and watched where others shift the traffic", () => {
  const canary = { ...detail("deploying", []), release: { strategy: "canary" }, revision: 2 } as DeploymentDetail;
  const phases = (of: DeploymentDetail) => stepsOf(of, AT, {}).map((step) => step.phase);
  expect(phases(canary).slice(-4)).toEqual(["verify_deployment", "step_release", "watch_release", "finalize"]);
  const alone = { ...canary, phases: [phase("shift_traffic", "started", 1, null)] };
  expect(phases(alone)).not.toContain("step_release");
  expect(phases({ ...canary, release: { strategy: "manual" } } as DeploymentDetail)).not.toContain("shift_traffic");
});

test("a release tells the numbers that have decided, oldest first", () => {
  const watch = { ...phase("watch_release", "started", 5, null), message: "Watching the new revision.", earlier: ["10 %: good."] };
  const canary = { ...detail("deploying", [{ ...phase("step_release", "succeeded", 4, 5), message: "Traffic: b 50 %.", earlier: ["Traffic: b 10 %."] }, watch]), release: { strategy: "canary" } } as DeploymentDetail;
  expect(releaseOf(canary)).toEqual({ strategy: "canary", running: true, paused: false, steps: ["Traffic: b 10 %.", "Traffic: b 50 %."], verdicts: ["10 %: good."], now: "Watching the new revision." });
  expect(releaseOf({ ...canary, phases: [{ ...watch, earlier: ["Paused, as asked."] }] })?.paused).toBe(true);
  expect(releaseOf({ ...canary, phases: [{ ...watch, earlier: ["Paused, as asked.", "Resumed, as asked."] }] })?.paused).toBe(false);
  expect(releaseOf({ ...canary, phases: [] })).toBeNull();
  expect(releaseOf({ ...canary, release: { strategy: "all_at_once" } } as DeploymentDetail)).toBeNull();
});
