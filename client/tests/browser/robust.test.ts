import { expect, test } from "vitest";
import { messages } from "@/lib/messages";
import { authMessages } from "@/lib/messages/auth";
import { deployMessages } from "@/lib/messages/deploy";
import { modelMessages } from "@/lib/messages/models";
import { at, signInAs, visit, world } from "./browser";

const AWAY_MS = 8_000;

test("an open page says that the service is away, and goes on by itself when it is back", async () => {
  const { page, mistakes } = await visit();
  await signInAs(page, "ada");
  await page.getByText(messages.deployments.total, { exact: true }).waitFor();
  const stop = keepingDown("functions_host");
  await page.getByRole("button", { name: messages.deployments.refresh }).click();
  await page.getByText(messages.problems.unreachable).waitFor();
  await new Promise((go) => setTimeout(go, AWAY_MS / 4));
  stop();
  await page.getByText(messages.problems.unreachable).waitFor({ state: "detached" });
  expect(mistakes).toEqual([]);
});

test("a deployment that is asked for while the service is away is made once, and nothing typed is lost", async () => {
  const { page } = await visit();
  await signInAs(page, "grace", "/dashboard/models/");
  await page.getByRole("button", { name: modelMessages.deployOf("iris-classifier") }).click();
  const name = `once-${crypto.randomUUID().slice(0, 6)}`;
  await page.getByLabel(deployMessages.name).fill(name);
  await page.getByLabel(deployMessages.description).fill("<b>typed</b>");
  const stop = keepingDown("functions_host");
  await page.getByRole("button", { name: deployMessages.submit, exact: true }).click();
  await page.getByText(deployMessages.lost).waitFor();
  expect(await page.getByLabel(deployMessages.name).inputValue()).toBe(name);
  stop();
  // A reload in the middle: the request goes on, with its key.
  await page.reload();
  await page.getByText(deployMessages.successTitle).or(page.getByText(deployMessages.lost)).waitFor();
  if (await page.getByText(deployMessages.lost).isVisible()) {
    await page.getByRole("button", { name: messages.tryAgain }).last().click();
  }
  await page.getByRole("link", { name: deployMessages.watch }).click();
  await page.getByText("<b>typed</b>").waitFor();
  await page.goto(at(`/dashboard/deployments/?search=${name}`));
  await page.getByText(messages.deployments.count(1, 1)).waitFor();
});

test("a token that expired, and one that is refused, are renewed without a word", async () => {
  const { page, mistakes } = await visit();
  await signInAs(page, "ada", "/dashboard/models/");
  for (const change of [{ expires_at: 1, expires_in: 0 }, { access_token: "ey.not.one" }]) {
    await page.evaluate((fields) => {
      const session = JSON.parse(localStorage.getItem("slipway.auth")!);
      localStorage.setItem("slipway.auth", JSON.stringify({ ...session, ...fields }));
    }, change);
    await page.reload();
    await page.getByRole("article", { name: "iris-classifier" }).waitFor();
    expect(page.url()).toContain("/dashboard/models/");
  }
  expect(mistakes).toEqual([]);
});

test("a session that has ended leads to sign in and back, and the dialog's text is still there", async () => {
  const { page } = await visit();
  await signInAs(page, "ada", "/dashboard/models/");
  await page.getByRole("button", { name: modelMessages.deployOf("iris-classifier") }).click();
  await page.getByLabel(deployMessages.description).fill("kept");
  await page.evaluate(() => {
    const session = JSON.parse(localStorage.getItem("slipway.auth")!);
    localStorage.setItem("slipway.auth", JSON.stringify({ ...session, access_token: "ey.not.one", refresh_token: "gone", expires_at: 1 }));
  });
  await page.reload();
  await page.waitForURL(/\/sign-in\//);
  await page.getByRole("button", { name: authMessages.demoAs("ada@example.com") }).click();
  await page.getByLabel(deployMessages.description).waitFor();
  expect(await page.getByLabel(deployMessages.description).inputValue()).toBe("kept");
});

/** Kills the service whenever the supervisor has started it again, until it is stopped. */
function keepingDown(service: string): () => void {
  const kill = () => {
    try {
      process.kill(world().pids[service]!, "SIGKILL");
    } catch {
      // Between two starts: the ready file still names the old process.
    }
  };
  kill();
  const timer = setInterval(kill, 100);
  return () => clearInterval(timer);
}
