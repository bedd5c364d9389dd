import { afterEach, expect, inject, test } from "vitest";
import { messages } from "@/lib/messages";
import { batchMessages } from "@/lib/messages/batch";
import { deployMessages } from "@/lib/messages/deploy";
import { deploymentMessages } from "@/lib/messages/deployment";
import { modelMessages } from "@/lib/messages/models";
import { removeMessages } from "@/lib/messages/remove";
import { at, deploy, quota, rows, signUp, upload, userId, visit } from "./browser";
import { FEW_CORES, SCARCE_SIZE } from "./world";

const ENOUGH_CORES = 20;
const LONG = 90;
afterEach(() => quota(FEW_CORES));

test("a failed deployment says why, is found by filter and search, retried and deleted", async () => {
  const { page, mistakes } = await visit();
  await signUp(page);
  await upload(page, inject("modelFile"));
  await page.getByRole("button", { name: modelMessages.deployOf("iris") }).click();
  await page.getByRole("radio", { name: SCARCE_SIZE }).check();
  await page.getByText(deployMessages.noRoom(FEW_CORES, 8)).first().waitFor();
  await deploy(page, "too-big");
  await page.getByText(messages.deployments.fix).first().waitFor({ timeout: 240_000 });
  await page.getByText(/quota/i).first().waitFor();

  await page.goto(at("/dashboard/deployments/"));
  const card = page.getByRole("article", { name: "too-big" });
  await card.getByText(messages.status.failed).waitFor();

  await page.getByRole("radio", { name: messages.status.active }).click({ force: true });
  await page.getByText(messages.deployments.noneTitle).waitFor();
  expect(page.url()).toContain("status=active");
  await page.goBack();
  await card.waitFor();
  await page.getByLabel(messages.deployments.search).fill("nothing like it");
  await page.getByText(messages.deployments.noneTitle).waitFor();
  await page.reload();
  expect(await page.getByLabel(messages.deployments.search).inputValue()).toBe("nothing like it");
  await page.getByRole("button", { name: messages.deployments.clear }).click();
  await card.waitFor();

  await quota(ENOUGH_CORES);
  await card.getByRole("button", { name: messages.deployments.retryOf("too-big") }).click();
  await page.waitForURL(/\/view\//);
  await page.getByText(/^Active after/).waitFor({ timeout: 240_000 });

  await page.getByRole("button", { name: messages.copy(messages.deployments.url) }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/^https:.*\/score$/);

  await page.getByRole("link", { name: deploymentMessages.back, exact: true }).click();
  await page.getByRole("radio", { name: messages.status.failed }).click({ force: true });
  await page.getByText(messages.deployments.count(1, 1)).waitFor();
  await page.getByRole("button", { name: messages.deployments.deleteOf("too-big") }).click();
  await page.getByRole("button", { name: removeMessages.confirm }).click();
  await page.getByText(messages.deployments.noneTitle).waitFor();
  expect(mistakes).toEqual([]);
});

test("of a long list only what is near the window is in the page, in its columns, and all can be reached", async () => {
  const { page, mistakes } = await visit();
  await signUp(page);
  await upload(page, inject("modelFile"));
  const id = await userId(page);
  const [model] = await rows<{ id: string; file_path: string }>(`trained_models?user_id=eq.${id}&select=id,file_path`);
  const copies = Array.from({ length: LONG }, (_, index) => ({ user_id: id, file_path: model!.file_path, model_name: `copy-${index + 1}` }));
  await rows("trained_models", copies);
  await page.reload();
  const cards = page.getByRole("article");
  await cards.first().waitFor();
  expect(await cards.count()).toBeLessThan(40);
  const columns = () => cards.evaluateAll((found) => new Set(found.map((each) => each.getBoundingClientRect().left)).size);
  expect(await columns()).toBe(3);

  const last = page.getByRole("article", { name: "iris", exact: true });
  // Pages come as the end nears, and rows show their heights.
  const toTheEnd = () => expect.poll(async () => (await page.keyboard.press("End"), last.count()), { timeout: 60_000 }).toBe(1);
  await toTheEnd();
  expect(await cards.count()).toBeLessThan(40);
  await page.getByRole("checkbox", { name: batchMessages.choose("iris"), exact: true }).check();
  await page.setViewportSize({ width: 360, height: 780 });
  await expect.poll(columns, { timeout: 60_000 }).toBe(1);
  await toTheEnd();
  expect(await page.getByRole("checkbox", { name: batchMessages.choose("iris"), exact: true }).isChecked()).toBe(true);
  expect(mistakes).toEqual([]);
});
