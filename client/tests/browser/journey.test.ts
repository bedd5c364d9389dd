import type { Page } from "playwright-core";
import { expect, inject, test } from "vitest";
import { messages } from "@/lib/messages";
import { batchMessages } from "@/lib/messages/batch";
import { deployMessages } from "@/lib/messages/deploy";
import { deploymentMessages, keyMessages, scoreMessages } from "@/lib/messages/deployment";
import { endpointMessages } from "@/lib/messages/endpoints";
import { modelMessages } from "@/lib/messages/models";
import { removeMessages } from "@/lib/messages/remove";
import { settingsMessages } from "@/lib/messages/settings";
import { active, deploy, latency, signUp, upload, visit } from "./browser";

/** Scale, variables and description, on the page of an active deployment. */
async function changeSettings(page: Page) {
  const { scale, variables, about } = settingsMessages;
  await page.getByRole("tab", { name: deploymentMessages.tabs.settings }).click();
  const done = () => page.getByText(settingsMessages.changed).waitFor({ timeout: 120_000 });
  await page.getByRole("button", { name: scale.moreInstances }).click();
  await page.getByRole("button", { name: scale.save }).click();
  await page.getByText(messages.deployments.instances(2, "Standard_DS1_v2")).waitFor({ timeout: 120_000 });
  await done();

  await page.getByRole("button", { name: variables.add }).click();
  await page.getByLabel(variables.name(1)).fill("PATH");
  await page.getByText(variables.reserved("PATH")).waitFor();
  await page.getByLabel(variables.name(1)).fill("LOG_LEVEL");
  await page.getByLabel(variables.value(1)).fill("debug");
  const before = await latency({ deployment: 2 });
  await page.getByRole("button", { name: variables.save }).click();
  // A page that is loaded again in the middle goes on following.
  await page.getByText(endpointMessages.operation.kinds["update"]!).waitFor();
  await page.reload();
  await latency(before);
  await done();
  expect(await page.getByLabel(variables.value(1)).inputValue()).toBe("debug");

  await page.getByLabel(about.description, { exact: true }).fill("For the team.");
  await page.getByLabel(about.expiry, { exact: true }).selectOption("after");
  await page.getByLabel(about.hours).fill("0");
  await page.getByText(about.hoursWrong).waitFor();
  await page.getByLabel(about.hours).fill("48");
  await page.getByRole("button", { name: about.save }).click();
  await page.getByText(settingsMessages.saved).waitFor();
  await page.getByRole("paragraph").filter({ hasText: "For the team." }).waitFor();
}

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

  await changeSettings(page);

  // Two models together: the second to the endpoint that is there, where its name is taken at first.
  await upload(page, inject("modelFile"));
  const boxes = page.getByRole("checkbox", { name: batchMessages.choose("iris") });
  await boxes.nth(1).waitFor();
  await boxes.nth(0).check();
  await boxes.nth(1).check();
  await page.getByRole("button", { name: batchMessages.open }).click();
  const rows = page.getByRole("dialog").getByRole("region", { name: "iris" });
  await rows.nth(0).getByLabel(batchMessages.nameOf("iris")).fill("first");
  await rows.nth(0).getByLabel(batchMessages.endpointOf("iris")).fill(endpoint);
  await rows.nth(1).getByLabel(batchMessages.nameOf("iris")).fill("beside");
  await page.reload();
  await page.getByRole("button", { name: batchMessages.submit(2), exact: true }).click();
  await page.getByText(batchMessages.refusedTitle).waitFor();
  const refused = rows.nth(0).getByLabel(batchMessages.nameOf("iris"));
  expect([await refused.getAttribute("aria-invalid"), await rows.nth(1).locator("[aria-invalid]").count()]).toEqual(["true", 0]);
  await refused.fill("second");
  await page.getByRole("button", { name: batchMessages.submit(2), exact: true }).click();
  await page.getByText(batchMessages.counts(2, 0, 0, 2)).waitFor({ timeout: 240_000 });
  await page.getByRole("link", { name: "second" }).click();
  await active(page);
  expect(await page.getByText(endpoint).count()).toBeGreaterThan(0);

  await page.getByRole("button", { name: messages.deployments.delete, exact: true }).click();
  await page.getByText("This saves").waitFor();
  await page.getByRole("button", { name: removeMessages.confirm }).click();
  await page.waitForURL(/\/dashboard\/deployments\/$/);
  await page.getByRole("article", { name: "first" }).waitFor();
  await page.getByRole("article", { name: "second" }).waitFor({ state: "detached" });
  expect(mistakes).toEqual([]);
});
