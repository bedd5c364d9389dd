import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { curl, javascript, python } from "@/lib/snippets";

const URI = "https://iris.westeurope.inference.ml.azure.com/score";
const BODY = JSON.stringify({ data: [{ note: `it's "quoted", \\ and 'more'`, text: '"""' }] });

test("the shell passes the body on as it is", () => {
  const said = execFileSync("sh", ["-c", curl(URI, BODY).replace(/^curl/, "printf '%s\\n'")], { encoding: "utf8", env: { ...process.env, SLIPWAY_KEY: "k" } });
  expect(said).toContain(BODY);
  expect(said).toContain("Authorization: Bearer k");
});

test("Python reads the body as it is", () => {
  const program = python(URI, BODY).replace(/^request[\s\S]*$/m, "print(json.dumps(body))");
  expect(JSON.parse(execFileSync("python3", ["-c", program], { encoding: "utf8" }))).toEqual(JSON.parse(BODY));
});

test("JavaScript holds the body as it is", () => {
  expect(javascript(URI, BODY)).toContain(`JSON.stringify(${BODY})`);
});
