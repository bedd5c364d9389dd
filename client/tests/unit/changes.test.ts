import { expect, test } from "vitest";
import { wordsOfChange } from "@/lib/changes";

test("a change is told in words, a release by what differs in it", () => {
  expect(wordsOfChange({ field: "instance_count", before: 1, after: 3 })).toBe("Instances: 1 → 3");
  expect(wordsOfChange({ field: "description", before: null, after: "x" })).toBe("Description: none → x");
  expect(wordsOfChange({ field: "model_id", before: "0a", after: "0b" })).toBe("Model: another model");
  expect(wordsOfChange({ field: "release", before: { strategy: "all_at_once", steps: [10] }, after: { strategy: "canary", steps: [10] } })).toBe("Release, strategy: All at once → canary");
});
