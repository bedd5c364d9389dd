import { expect, test } from "vitest";
import { areWrong, rowsOf, sameVariables, variablesOf, wrongVariables } from "@/lib/variables";
import { settingsMessages } from "@/lib/messages/settings";

const text = settingsMessages.variables;
const one = (name: string, value = "1") => wrongVariables([{ name, value }]).rows[0];

test("rows come by name and go back; empty rows are nothing", () => {
  const variables = { ZONE: "a", LEVEL: "${{azureml://connections/store/credentials/key}}" };
  expect(rowsOf(variables).map((row) => row.name)).toEqual(["LEVEL", "ZONE"]);
  expect(variablesOf([...rowsOf(variables), { name: " ", value: "" }])).toEqual(variables);
  expect(areWrong(rowsOf(variables))).toBe(false);
  expect(rowsOf(null)).toEqual([]);
});

test("their order is no change", () => {
  expect(sameVariables({ A: "1", B: "2" }, { B: "2", A: "1" })).toBe(true);
  expect(sameVariables({ A: "1" }, { A: "2" })).toBe(false);
});

test.each(["1ST", "WITH-DASH", "WITH SPACE", "", "X".repeat(65)])("%j is no name", (name) => {
  expect(one(name)).toBe(text.badName);
});

test.each(["AZUREML_MODEL_DIR", "path", "PYTHONPATH", "LD_PRELOAD", "SLIPWAY_X", "SCORING_TIMEOUT_MS"])("%s is reserved", (name) => {
  expect(one(name)).toBe(text.reserved(name));
});

test.each(["PATHS", "LEVEL", "_X", "ENVIRONMENT"])("%s is not", (name) => {
  expect(one(name)).toBeNull();
});

test("a second of the same name, a value with a line break, and one that is too long are wrong", () => {
  const wrong = wrongVariables([{ name: "A", value: "1" }, { name: "A ", value: "2" }, { name: "B", value: "x\ny" }, { name: "C", value: "ä".repeat(1025) }]);
  expect(wrong.rows).toEqual([null, text.double("A"), text.unprintable, text.valueLong("2,050", "2,048")]);
});

test("too many, and too much together, are told for all", () => {
  const many = Array.from({ length: 33 }, (_, at) => ({ name: `V${at}`, value: "" }));
  expect(wrongVariables(many).all).toBe(text.tooMany(33));
  const large = Array.from({ length: 5 }, (_, at) => ({ name: `V${at}`, value: "x".repeat(2000) }));
  expect(wrongVariables(large).all).toBe(text.tooLong("10,010", "8,192"));
});
