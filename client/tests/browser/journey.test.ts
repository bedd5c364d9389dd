import { expect, inject, test } from "vitest";
import { messages } from "@/lib/messages";
import { active, at, deploy, signUp, upload, visit } from "./browser";

test("a stranger signs up, uploads a model, deploys it, asks it, and deletes it", async () => {
  const { page, mistakes } = await visit();
  await signUp(page);
  await page.getByText(messages.deployments.emptyTitle).waitFor();

  await upload(page, inject("foreignFile"), messages.models.refused);
  expect(await page.getByRole("button", { name: messages.models.deployOf("notebook") }).isDisabled()).toBe(true);

  await upload(page, inject("modelFile"));
  await page.getByRole("button", { name: messages.models.deployOf("iris") }).click();
  await page.getByText(messages.deploy.fits).first().waitFor();
  await deploy(page, "first");

  const steps = page.getByRole("listitem").filter({ hasText: messages.deployment.phases["create_deployment"]! });
  await steps.waitFor();
  await active(page);
  await page.getByText("Answered an example row").waitFor();
  const endpoint = (await page.locator("dt", { hasText: messages.deployments.endpoint }).locator("+ dd").textContent())!;

  await page.getByRole("tab", { name: messages.deployment.tabs.score }).click();
  await page.getByLabel("petal_length").fill("1.4");
  await page.getByRole("button", { name: messages.score.send }).click();
  const answer = page.locator("pre[aria-label=Answer]");
  await answer.waitFor();
  expect(await answer.textContent()).toMatch(/^\[[012]\]$/);
  await page.getByText("ms through Slipway").waitFor();

  await page.getByText(messages.score.csv, { exact: true }).click();
  await page.getByLabel(messages.score.csvLabel).fill("sepal_length,sepal_width,petal_length,petal_width\n5.1,3.5,1.4,0.2\n6.7,3.0,5.2,2.3\n");
  await page.getByRole("button", { name: messages.score.send }).click();
  await page.getByText("[0, 2]").waitFor();
  expect(await page.getByRole("tabpanel", { name: messages.score.curl }).textContent()).toContain('"sepal_length":6.7');

  await page.getByRole("tab", { name: messages.deployment.tabs.logs }).click();
  const log = page.getByRole("log");
  await log.waitFor();
  expect(await log.textContent()).not.toBe("");

  await page.getByRole("tab", { name: messages.deployment.tabs.keys }).click();
  await page.getByRole("button", { name: messages.keys.show }).click();
  const key = page.locator("dd code").first();
  const old = await key.textContent();
  await page.getByRole("button", { name: messages.keys.rotate }).click();
  await page.getByRole("button", { name: messages.keys.rotateConfirm }).click();
  await page.getByText(messages.keys.rotated).waitFor();
  await page.getByRole("button", { name: messages.keys.show }).click();
  expect(await key.textContent()).not.toBe(old);

  await page.goto(at("/dashboard/models/"));
  await page.getByRole("button", { name: messages.models.deployOf("iris") }).click();
  await deploy(page, "second", endpoint);
  await active(page);
  expect(await page.getByText(endpoint).count()).toBeGreaterThan(0);

  await page.getByRole("button", { name: messages.deployments.delete, exact: true }).click();
  await page.getByText("This saves").waitFor();
  await page.getByRole("button", { name: messages.remove.confirm }).click();
  await page.waitForURL(/\/dashboard\/deployments\/$/);
  await page.getByRole("article", { name: "first" }).waitFor();
  expect(await page.getByRole("article", { name: "second" }).count()).toBe(0);
  expect(mistakes).toEqual([]);
});
