import { expect, inject, test } from "vitest";
import { messages } from "@/lib/messages";
import { authMessages } from "@/lib/messages/auth";
import { deployMessages } from "@/lib/messages/deploy";
import { modelMessages, uploadMessages } from "@/lib/messages/models";
import { rows, signUp, userId, visit } from "./browser";
import { front, type Answer } from "./front";

const LIST = "GET /deployments/list";
const busy = (seconds: number) => ({
  status: 429,
  headers: { "Content-Type": "application/json", "Retry-After": String(seconds) },
  body: JSON.stringify({ error: { code: "too_many_requests", message: "60 requests a minute.", fix: "Wait.", request_id: "r-1" } }),
});
const json = (body: unknown) => ({ status: 200, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
/** More than a page holds. */
const MANY = 60;
const FOREIGN = [
  { status: 200, headers: { "Content-Type": "text/html" }, body: "<h1>Welcome to our hotel's network</h1>" },
  { status: 200, headers: { "Content-Type": "application/json" }, body: '{"deployments": 7}' },
];

test("a pause that is asked for, foreign and slow answers are told with a way on, and nothing typed is lost", async () => {
  const { url, answers } = await front();
  const { page, mistakes } = await visit();
  answers.set(LIST, busy(3));
  await page.goto(`${url}/sign-in/`);
  await page.getByRole("button", { name: authMessages.demoAs("ada@example.com") }).click();
  await page.getByText("60 requests a minute.").waitFor();
  const waits = page.getByRole("button", { name: /^Try again in [1-3] s$/ });
  await waits.waitFor();
  expect(await waits.isDisabled()).toBe(true);
  answers.delete(LIST);
  await page.getByRole("button", { name: messages.tryAgain, exact: true }).click();
  await page.getByText(messages.deployments.emptyTitle).waitFor();

  for (const foreign of FOREIGN) {
    answers.set(LIST, foreign);
    await page.getByRole("button", { name: messages.deployments.refresh }).click();
    await page.getByText(messages.problems.foreign).waitFor();
    answers.delete(LIST);
    await page.getByRole("button", { name: messages.tryAgain }).click();
    await page.getByText(messages.problems.foreign).waitFor({ state: "detached" });
  }

  let answer = () => {};
  answers.set(LIST, { ...busy(0), after: new Promise<void>((go) => (answer = go)) });
  await page.reload();
  await page.getByRole("status").filter({ hasText: messages.loading }).waitFor({ state: "attached" });
  await page.getByRole("link", { name: messages.nav.models }).click();
  await page.getByRole("heading", { level: 1, name: modelMessages.title }).waitFor();
  answer();

  answers.set("POST /deployments/deploy", busy(5));
  await page.getByRole("button", { name: modelMessages.deployOf("iris-classifier") }).click();
  await page.getByLabel(deployMessages.name).fill("typed-with-care");
  await page.getByRole("button", { name: deployMessages.submit, exact: true }).click();
  await page.getByText("60 requests a minute.").waitFor();
  expect(await page.getByRole("button", { name: /^Try again in/ }).isDisabled()).toBe(true);
  expect(await page.getByLabel(deployMessages.name).inputValue()).toBe("typed-with-care");
  expect(mistakes).toEqual([]);
});

test("the next page of a list, once refused, is asked for again by its button alone", async () => {
  const { url, answers } = await front();
  const { page, mistakes } = await visit();
  await signUp(page, url);
  const id = await userId(page);
  await rows("trained_models", Array.from({ length: MANY }, (_, index) => ({ user_id: id, file_path: `${id}/m.joblib`, model_name: `copy-${index}` })));
  await page.goto(`${url}/dashboard/models/`);
  await page.getByRole("article").first().waitFor();

  const refused: Answer = { ...busy(0), status: 400 };
  answers.set("GET /models", refused);
  await page.keyboard.press("End");
  await page.getByText("60 requests a minute.").waitFor();
  for (let turn = 0; turn < 10; turn++) {
    await page.keyboard.press("End");
    await page.evaluate((health) => fetch(health), `${url}/api/healthz`);
  }
  expect(refused.given).toBe(1);

  answers.delete("GET /models");
  await page.getByRole("button", { name: messages.deployments.more }).click();
  await page.getByText(messages.deployments.count(MANY, MANY)).waitFor();
  await page.getByText("60 requests a minute.").waitFor({ state: "detached" });
  expect(mistakes).toEqual([]);
});

test("a list that was asked for before something changed is asked for again", async () => {
  const { url, answers } = await front();
  const { page, mistakes } = await visit();
  await signUp(page, url);
  let answer = () => {};
  const before: Answer = { ...json({ models: [], total: 0, next_cursor: null }), after: new Promise<void>((go) => (answer = go)) };
  answers.set("GET /models", before);
  await page.goto(`${url}/dashboard/models/`);
  await expect.poll(() => before.given).toBe(1);
  answers.delete("GET /models");
  await page.locator("input[type=file]").setInputFiles(inject("modelFile"));
  await page.getByText(uploadMessages.done("iris.joblib")).waitFor();
  answer();
  await page.getByText(modelMessages.allowed).waitFor();

  const id = await userId(page);
  const [model] = await rows<{ id: string }>(`trained_models?user_id=eq.${id}&select=id`);
  const ended = { user_id: id, model_id: model!.id, deployment_name: "ended-meanwhile", endpoint_name: `ended-${id.slice(0, 8)}`, status: "failed", error_message: "cancelled: it is over" };
  await rows("deployments", [ended]);
  await page.goto(`${url}/dashboard/deployments/`);
  const card = page.getByRole("article", { name: "ended-meanwhile" });
  await card.getByText(messages.status.failed).waitFor();
  const asked = page.waitForResponse((response) => response.url().includes("/deployments/list"));
  await page.reload();
  const list = (await (await asked).json()) as { deployments: object[] };
  answers.set(LIST, json({ ...list, deployments: list.deployments.map((each) => ({ ...each, status: "deploying" })) }));
  await page.reload();
  await card.getByText(messages.status.deploying).waitFor();
  answers.delete(LIST);
  await card.getByText(messages.status.failed).waitFor();
  expect(mistakes).toEqual([]);
});
