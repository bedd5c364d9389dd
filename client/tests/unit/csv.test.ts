import { expect, test } from "vitest";
import { BadCsv, rowsOfCsv } from "@/lib/csv";
import type { Column } from "@/lib/signature";

const COLUMNS: Column[] = [
  { name: "age", type: "number", required: true },
  { name: "city", type: "string", required: true },
];

test("rows take the types of the model's columns", () => {
  expect(rowsOfCsv("age,city\n41,Bern\n,3000\n", COLUMNS)).toEqual([
    { age: 41, city: "Bern" },
    { age: null, city: "3000" },
  ]);
});

test.each([
  ['age;city\r\n1;"Bern; Stadt"', "Bern; Stadt"],
  ['age\tcity\n1\t"say ""hi"""', 'say "hi"'],
  ['age,city\n1,"two\nlines"', "two\nlines"],
])("quotes and separators are those of spreadsheets: %j", (text, city) => {
  expect(rowsOfCsv(text, COLUMNS)).toEqual([{ age: 1, city }]);
});

test.each(["", "age,city", "age,city\n1,2,3"])("what is no table is refused: %j", (text) => {
  expect(() => rowsOfCsv(text, COLUMNS)).toThrow(BadCsv);
});
