import { expect, test } from "vitest";
import { meant, signatureOf, typed, wrongCell } from "@/lib/signature";

/** As the serving code's /swagger.json has it. */
const SWAGGER = {
  swagger: "2.0",
  definitions: {
    ServiceInput: {
      type: "object",
      properties: {
        data: {
          type: "array",
          items: {
            type: "object",
            properties: {
              age: { type: "number", format: "double" },
              city: { type: "string" },
              member: { type: "boolean" },
              since: { type: "string", format: "date-time" },
              note: { description: "The model does not use this column." },
            },
            required: ["age", "city"],
          },
        },
      },
      example: { data: [{ age: 41, city: "Bern", member: true, since: "2026-01-01", note: null }], params: { method: "predict" } },
    },
  },
};

test("columns, types and the example are read", () => {
  const signature = signatureOf(SWAGGER);
  expect(signature?.columns.map((column) => [column.name, column.type, column.required])).toEqual([
    ["age", "number", true],
    ["city", "string", true],
    ["member", "boolean", false],
    ["since", "datetime", false],
    ["note", "any", false],
  ]);
  expect(signature?.example["city"]).toBe("Bern");
});

test.each([null, "text", {}, { definitions: { data: { type: "array" } } }])("a document without columns has no signature", (document) => {
  expect(signatureOf(document)).toBeNull();
});

test("an example goes into the form and comes back the same", () => {
  const { columns, example } = signatureOf(SWAGGER)!;
  expect(meant(typed(example, columns), columns)).toEqual(example);
});

test("an emptied field is a missing value, and what is no number is told", () => {
  const { columns } = signatureOf(SWAGGER)!;
  expect(meant({ age: "", city: "7" }, columns)).toMatchObject({ age: null, city: "7" });
  expect(wrongCell("abc", columns[0]!)).toBe(true);
  expect(wrongCell("1e3", columns[0]!)).toBe(false);
});
