import { expect, test } from "vitest";
import { deployMessages } from "@/lib/messages/deploy";
import { nameProblem, suggestedName } from "@/lib/naming";

test.each(["abc", "iris-demo", "A1-b2-C3", "a".repeat(32)])("%s is a legal name", (name) => {
  expect(nameProblem(name)).toBeNull();
});

test.each([
  ["ab", deployMessages.nameShort],
  ["a".repeat(33), deployMessages.nameLong(33)],
  ["1abc", deployMessages.nameStart],
  ["-abc", deployMessages.nameStart],
  ["abc-", deployMessages.nameEnd],
  ["a--b", deployMessages.nameDashes],
  ["a_b", deployMessages.nameCharacters],
  ["ünïcode", deployMessages.nameCharacters],
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
