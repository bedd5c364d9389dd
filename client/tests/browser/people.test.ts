import { expect, test } from "vitest";
import { messages } from "@/lib/messages";
import { authMessages } from "@/lib/messages/auth";
import { deployMessages } from "@/lib/messages/deploy";
import { at, signInAs, signUp, visit, world } from "./browser";

test("who is signed out is sent to sign in and comes back", async () => {
  const { page } = await visit();
  await page.goto(at("/dashboard/deployments/?status=failed"));
  await page.waitForURL(/\/sign-in\//);
  await page.getByRole("button", { name: authMessages.demoAs("ada@example.com") }).click();
  await page.waitForURL(/\/dashboard\/deployments\/\?status=failed/);
});

test("two people in two browsers never see each other's rows", async () => {
  const [ada, grace] = [await visit(), await visit()];
  await signInAs(ada.page, "ada", "/dashboard/models/");
  await signInAs(grace.page, "grace", "/dashboard/models/");
  await Promise.all([ada, grace].map(({ page }) => page.getByRole("article", { name: "iris-classifier" }).waitFor()));
  const model = world().models.find((each) => each.user_id === world().users[1]!.id)!;
  await ada.page.goto(at(`/dashboard/models/?deploy=${model.id}`));
  await ada.page.getByRole("dialog").getByRole("alert").waitFor();
  expect(await ada.page.getByRole("dialog").getByLabel(deployMessages.name).count()).toBe(0);
});

test("a wrong password is said where it was typed, and a new user signs in again", async () => {
  const { page } = await visit();
  const person = await signUp(page);
  await page.getByRole("button", { name: messages.nav.signOut }).click();
  await page.waitForURL(/\/sign-in\//);
  expect(await page.evaluate(() => Object.keys(localStorage).concat(Object.keys(sessionStorage)).filter((key) => key.startsWith("slipway")))).toEqual([]);
  await page.getByLabel(authMessages.email).fill(person.email);
  await page.getByLabel(authMessages.password, { exact: true }).fill("not this one");
  await page.getByRole("button", { name: authMessages.signIn, exact: true }).click();
  await page.getByText(authMessages.wrong).waitFor();
  expect(await page.getByLabel(authMessages.email).inputValue()).toBe(person.email);
  await page.getByLabel(authMessages.password, { exact: true }).fill(person.password);
  await page.getByRole("button", { name: authMessages.signIn, exact: true }).click();
  await page.waitForURL(/\/dashboard\/deployments\//);
});

test("signing out in one tab signs out the other", async () => {
  const { page, context } = await visit();
  await signInAs(page, "grace");
  const other = await context.newPage();
  await other.goto(at("/dashboard/models/"));
  await other.getByRole("article").first().waitFor();
  await page.getByRole("button", { name: messages.nav.signOut }).click();
  await other.waitForURL(/\/sign-in\//);
});

test("a forgotten password is replaced by the link of the mail", async () => {
  const { page, mistakes } = await visit();
  const person = await signUp(page);
  await page.getByRole("button", { name: messages.nav.signOut }).click();
  await page.waitForURL(/\/sign-in\//);
  await page.getByRole("link", { name: authMessages.forgotten }).click();
  await page.waitForURL(/\/forgotten-password\//);
  await page.getByLabel(authMessages.email).fill(person.email);
  await page.getByRole("button", { name: authMessages.send }).click();
  await page.getByText(authMessages.sent(person.email)).waitFor();

  const mails = (await (await fetch(`${world().supabase_url}/_control/mails`)).json()) as { to: string; link: string }[];
  const { link } = mails.find((mail) => mail.to === person.email)!;
  await page.goto(link);
  await page.getByText(person.email).waitFor();
  await page.getByLabel(authMessages.newPassword, { exact: true }).fill("quite another one");
  await page.getByRole("button", { name: authMessages.save }).click();
  await page.waitForURL(/\/dashboard\/deployments\//);
  expect(await page.evaluate(() => location.hash)).toBe("");

  await page.getByRole("button", { name: messages.nav.signOut }).click();
  await page.waitForURL(/\/sign-in\//);
  await page.goto(link);
  await page.getByText(authMessages.linkExpired).waitFor();
  expect(mistakes).toEqual([]);
});
