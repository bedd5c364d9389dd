import { expect, test } from "vitest";
import { Problem, problemFrom, problemOf } from "@/lib/api/problem";
import { messages } from "@/lib/messages";

const reply = (status: number, headers: Record<string, string> = {}) => new Response(null, { status, headers });

test("our API's error keeps its words, its id and the pause it asks for", () => {
  const body = { error: { code: "too_many_requests", message: "60 a minute.", fix: "Wait.", request_id: "r-1" } };
  const problem = problemFrom(reply(429, { "Retry-After": "12" }), body);
  expect(problem).toMatchObject({ code: "too_many_requests", message: "60 a minute.", fix: "Wait.", requestId: "r-1", retryAfter: 12 });
  expect(problem.passes).toBe(true);
});

test.each([null, "<html>", [], { error: "no" }, { error: { code: 7 } }])("a stranger's 502 (%j) has words and a way on", (body) => {
  const problem = problemFrom(reply(502), body);
  expect(problem.message).toBe(messages.problems.strange(502));
  expect(problem.fix).not.toBe("");
  expect(problem.passes).toBe(true);
});

test("Supabase's own refusals keep their message", () => {
  expect(problemFrom(reply(409), { message: "The resource already exists" }).message).toBe("The resource already exists");
});

test.each([
  [new TypeError("Failed to fetch"), "unreachable"],
  [new DOMException("late", "TimeoutError"), "no_answer"],
  [new SyntaxError("Unexpected token <"), "unexpected_answer"],
  ["a text", "unreachable"],
])("whatever is thrown becomes a problem: %s", (thrown, code) => {
  expect(problemOf(thrown).code).toBe(code);
});

test("a refusal is certain; no answer, a pause and a server's failure are not", () => {
  expect([0, 429, 500, 503].map((status) => new Problem("x", "", "", status).passes)).toEqual([true, true, true, true]);
  expect([400, 401, 409, 422].map((status) => new Problem("x", "", "", status).passes)).toEqual([false, false, false, false]);
});
