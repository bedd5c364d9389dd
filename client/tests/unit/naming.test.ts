import { expect, test } from "vitest";
import { messages } from "@/lib/messages";
import { nameProblem, suggestedName } from "@/lib/naming";

test.each(["abc", "iris-demo", "A1-b2-C3", "a".repeat(32)])("%s is a legal name", (name) => {
  expect(nameProblem(name)).toBeNull();
});

test.each([
  ["ab", messages.deploy.nameShort],
  ["a".repeat(33), messages.deploy.nameLong(33)],
  ["1abc", messages.deploy.nameStart],
  ["-abc", messages.deploy.nameStart],
  ["abc-", messages.deploy.nameEnd],
  ["a--b", messages.deploy.nameDashes],
  ["a_b", messages.deploy.nameCharacters],
  ["ünïcode", messages.deploy.nameCharacters],
])("%s is told what is wrong with it", (name, problem) => {
  expect(nameProblem(name)).toBe(problem);
});

test.each([
  ["My iris (v2)", "my-iris-v2"],
  ["2026 churn", "churn"],
  ["é", "my-model"],
  ["", "my-model"],
  [`${"long ".repeat(20)}`, "long-long-long-long-long-long-lo"],
])("a model called %j gets a legal suggestion", (model, name) => {
  expect(suggestedName(model)).toBe(name);
  expect(nameProblem(name)).toBeNull();
});
