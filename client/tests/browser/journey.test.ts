import { expect, inject, test } from "vitest";
import { messages } from "@/lib/messages";
import { deployMessages } from "@/lib/messages/deploy";
import { deploymentMessages, keyMessages, scoreMessages } from "@/lib/messages/deployment";
import { modelMessages } from "@/lib/messages/models";
import { removeMessages } from "@/lib/messages/remove";
import { active, at, deploy, signUp, upload, visit } from "./browser";

test("a stranger signs up, uploads a model, deploys it, asks it, and deletes it", async () => {
  const { page, mistakes } = await visit();
  await signUp(page);
  await page.getByText(messages.deployments.emptyTitle).waitFor();

  await upload(page, inject("foreignFile"), modelMessages.refused);
  expect(await page.getByRole("button", { name: modelMessages.deployOf("notebook") }).isDisabled()).toBe(true);

  await upload(page, inject("modelFile"));
  await page.getByRole("button", { name: modelMessages.deployOf("iris") }).click();
  await page.getByText(deployMessages.fits).first().waitFor();
  await deploy(page, "first");

  const steps = page.getByRole("listitem").filter({ hasText: deploymentMessages.phases["create_deployment"]! });
  await steps.waitFor();
  await active(page);
  await page.getByText("Answered an example row").waitFor();
  const endpoint = (await page.locator("dt", { hasText: messages.deployments.endpoint }).locator("+ dd").textContent())!;

  await page.getByRole("tab", { name: deploymentMessages.tabs.score }).click();
  await page.getByLabel("petal_length").fill("1.4");
  await page.getByRole("button", { name: scoreMessages.send }).click();
  const answer = page.locator("pre[aria-label=Answer]");
  await answer.waitFor();
  expect(await answer.textContent()).toMatch(/^\[[012]\]$/);
  await page.getByText("ms through Slipway").waitFor();

  await page.getByText(scoreMessages.csv, { exact: true }).click();
  await page.getByLabel(scoreMessages.csvLabel).fill("sepal_length,sepal_width,petal_length,petal_width\n5.1,3.5,1.4,0.2\n6.7,3.0,5.2,2.3\n");
  await page.getByRole("button", { name: scoreMessages.send }).click();
  await page.getByText("[0, 2]").waitFor();
  expect(await page.getByRole("tabpanel", { name: scoreMessages.curl }).textContent()).toContain('"sepal_length":6.7');

  await page.getByRole("tab", { name: deploymentMessages.tabs.logs }).click();
  const log = page.getByRole("log");
  await log.waitFor();
  expect(await log.textContent()).not.toBe("");

  await page.getByRole("tab", { name: deploymentMessages.tabs.keys }).click();
  await page.getByRole("button", { name: keyMessages.show }).click();
  const key = page.locator("dd code").first();
  const old = await key.textContent();
  await page.getByRole("button", { name: keyMessages.rotate }).click();
  await page.getByRole("button", { name: keyMessages.rotateConfirm }).click();
  await page.getByText(keyMessages.rotated).waitFor();
  await page.getByRole("button", { name: keyMessages.show }).click();
  expect(await key.textContent()).not.toBe(old);

  await page.goto(at("/dashboard/models/"));
  await page.getByRole("button", { name: modelMessages.deployOf("iris") }).click();
  await deploy(page, "second", endpoint);
  await active(page);
  expect(await page.getByText(endpoint).count()).toBeGreaterThan(0);

  await page.getByRole("button", { name: messages.deployments.delete, exact: true }).click();
  await page.getByText("This saves").waitFor();
  await page.getByRole("button", { name: removeMessages.confirm }).click();
  await page.waitForURL(/\/dashboard\/deployments\/$/);
  await page.getByRole("article", { name: "first" }).waitFor();
  expect(await page.getByRole("article", { name: "second" }).count()).toBe(0);
  expect(mistakes).toEqual([]);
});
