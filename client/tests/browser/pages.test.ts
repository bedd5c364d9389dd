import type { Page } from "playwright-core";
import { beforeAll, expect, inject, test } from "vitest";
import { endpointMessages } from "@/lib/messages/endpoints";
import { messages } from "@/lib/messages";
import { authMessages } from "@/lib/messages/auth";
import { batchMessages } from "@/lib/messages/batch";
import { deployMessages } from "@/lib/messages/deploy";
import { keyMessages, scoreMessages } from "@/lib/messages/deployment";
import { modelMessages } from "@/lib/messages/models";
import { subscriptionMessages } from "@/lib/messages/subscription";
import { releaseMessages } from "@/lib/messages/release";
import { settingsMessages } from "@/lib/messages/settings";
import { active, at, deploy, picture, signUp, upload, visit } from "./browser";
import { COLOURS, judge, turn, type Colour } from "./judge";
import { SCARCE_SIZE } from "./world";

const LONG_NAME = "a-model-whose-name-is-as-long-as-names-get-when-they-say-everything-about-the-data-the-features-and-the-day";
const PHONE = { width: 360, height: 780 };
const WIDE = { width: 1280, height: 860 };
let person: { email: string; password: string };
let live = "";
let failed = "";
let endpoint = "";

/** One person with an endpoint of two revisions and a failed deployment: what the pages are looked at with. */
beforeAll(async () => {
  const { page, context } = await visit();
  person = await signUp(page);
  await upload(page, inject("modelFile"));
  await page.getByRole("button", { name: modelMessages.deployOf("iris") }).click();
  await deploy(page, "iris-live");
  live = new URL(page.url()).search;
  endpoint = (await page.locator("dt", { hasText: messages.deployments.endpoint }).locator("+ dd").textContent())!;

  // While its container starts: a second model, of a long name, and a deployment that fails.
  await upload(page, inject("modelFile"));
  const renames = page.getByRole("button", { name: modelMessages.renameOf("iris") });
  await renames.nth(1).waitFor();
  await renames.nth(0).click();
  await page.getByRole("dialog").getByLabel(modelMessages.name).fill(LONG_NAME);
  await page.getByRole("button", { name: modelMessages.save }).click();
  await page.getByRole("article", { name: LONG_NAME }).waitFor();
  await page.getByRole("button", { name: modelMessages.deployOf("iris") }).click();
  await page.getByRole("radio", { name: SCARCE_SIZE }).check();
  await page.getByLabel(settingsMessages.scale.count).fill("10");
  await deploy(page, "iris-too-large");
  await page.getByText(messages.deployments.fix).first().waitFor({ timeout: 240_000 });
  failed = new URL(page.url()).search;

  await page.goto(at(`/dashboard/deployments/view/${live}`));
  await active(page);
  await page.goto(at("/dashboard/models/"));
  await page.getByRole("button", { name: modelMessages.deployOf("iris") }).click();
  await page.getByLabel(releaseMessages.heading, { exact: true }).selectOption("manual");
  await deploy(page, "iris-next", endpoint);
  await active(page);
  await context.close();
}, 600_000);

async function signIn(page: Page) {
  await page.goto(at("/sign-in/"));
  await page.getByLabel(authMessages.email).fill(person.email);
  await page.getByLabel(authMessages.password, { exact: true }).fill(person.password);
  await page.getByRole("button", { name: authMessages.signIn, exact: true }).click();
  await page.waitForURL(/\/dashboard\//);
}

type Open = (page: Page) => Promise<unknown>;

/** Every page: its picture's name, its address, what is there once it is whole, and what opens on it, one after another. */
const pages = (): [string, string, Open, [string, Open][]?][] => [
  ["deployments", "/dashboard/deployments/", (page) => page.getByRole("article").first().waitFor(), [["delete", askToDelete]]],
  [
    "models",
    "/dashboard/models/",
    (page) => page.getByText(modelMessages.allowed).first().waitFor(),
    [["rename", rename], ["remove", askToRemove], ["dialog", openDialog], ["dialog-release", openRelease], ["batch", selectTwo]],
  ],
  ["endpoints", "/dashboard/endpoints/", (page) => page.getByRole("article").first().waitFor()],
  ["endpoint", `/dashboard/endpoints/view/?name=${endpoint}`, split, [["rollback", askToRollBack], ["sleep", askToSleep]]],
  ["subscription", "/dashboard/subscription/", (page) => page.getByText(subscriptionMessages.active).waitFor()],
  ["timeline", `/dashboard/deployments/view/${live}`, (page) => page.getByText("Answered an example row").waitFor()],
  ["failed", `/dashboard/deployments/view/${failed}`, (page) => page.getByText(messages.deployments.fix).first().waitFor()],
  ["try-it", `/dashboard/deployments/view/${live}&tab=try`, predict],
  ["logs", `/dashboard/deployments/view/${live}&tab=logs`, (page) => page.getByRole("log").waitFor()],
  ["settings", `/dashboard/deployments/view/${live}&tab=settings`, autoscale],
  ["keys", `/dashboard/deployments/view/${live}&tab=keys`, (page) => page.getByRole("button", { name: keyMessages.show }).waitFor()],
];
/** Questions of a few words: judged, and not worth a picture. */
const SMALL = ["delete", "rename", "remove", "sleep"];
const open: [string, string][] = [
  ["sign-in", "/sign-in/"],
  ["sign-up", "/sign-up/"],
  ["forgotten-password", "/forgotten-password/"],
];

async function openDialog(page: Page) {
  await page.getByRole("button", { name: modelMessages.deployOf("iris") }).click();
  await page.getByText(deployMessages.fits).first().waitFor();
}

async function rename(page: Page) {
  await page.getByRole("button", { name: modelMessages.renameOf("iris") }).click();
  await page.getByRole("dialog").getByLabel(modelMessages.name).waitFor();
}

async function askToRemove(page: Page) {
  await page.getByRole("button", { name: modelMessages.removeOf("iris") }).click();
  await page.getByRole("alertdialog").waitFor();
}

async function askToDelete(page: Page) {
  await page.getByRole("button", { name: messages.deployments.deleteOf("iris-live") }).click();
  await page.getByRole("alertdialog").getByText("This saves").waitFor();
}

async function askToSleep(page: Page) {
  await page.getByRole("button", { name: endpointMessages.sleep.actionOf("iris-next") }).click();
  await page.getByRole("alertdialog").getByText("This saves").waitFor();
}

async function openRelease(page: Page) {
  await openDialog(page);
  await page.getByLabel(releaseMessages.heading, { exact: true }).selectOption("canary");
  await page.getByText(releaseMessages.advanced).click();
  await page.getByLabel(releaseMessages.expires).scrollIntoViewIfNeeded();
}

/** Autoscale and a variable that are typed and not saved, one of them wrong. */
async function autoscale(page: Page) {
  const { scale, variables } = settingsMessages;
  await page.getByLabel(scale.how, { exact: true }).selectOption("auto");
  await page.getByRole("button", { name: variables.add }).click();
  await page.getByLabel(variables.name(1)).fill("PATH");
  await page.getByText(variables.reserved("PATH")).waitFor();
}

async function selectTwo(page: Page) {
  const boxes = page.getByRole("checkbox", { name: /^Select/ });
  await boxes.nth(1).waitFor();
  // A page before may have selected them: what is selected is kept in the tab.
  await boxes.nth(0).check();
  await boxes.nth(1).check();
  await page.getByRole("button", { name: batchMessages.open }).click();
  await page.getByRole("dialog").getByText(/an hour, about/).waitFor();
}

/** Shares that are chosen and not applied. */
async function split(page: Page) {
  await page.getByRole("spinbutton", { name: endpointMessages.split.shareOf("iris-next") }).fill("20");
  await page.getByText(endpointMessages.split.sum(100)).waitFor();
}

async function askToRollBack(page: Page) {
  await page.getByRole("button", { name: endpointMessages.rollBack.toThisOf("iris-next") }).click();
  await page.getByRole("alertdialog").waitFor();
}

async function predict(page: Page) {
  await page.getByRole("button", { name: scoreMessages.send }).click();
  await page.getByText("ms through Slipway").waitFor();
}

test.each<[string, object, readonly Colour[]]>([
  ["light and dark", WIDE, COLOURS],
  ["phone", PHONE, ["light"]],
])("every page is accessible and fits: %s", async (_, size, colours) => {
  const { page, mistakes } = await visit(size);
  const look = (colour: Colour) => (colours === COLOURS ? colour : "phone");
  const seen = async (name: string) => {
    await judge(page, name);
    if (!SMALL.some((small) => name.startsWith(`${small}-`))) await picture(page, name);
  };
  for (const [name, path] of open) {
    for (const colour of colours) {
      await page.emulateMedia({ colorScheme: colour });
      await page.goto(at(path));
      await page.getByRole("heading", { level: 1 }).waitFor();
      await seen(`${name}-${look(colour)}`);
    }
  }
  await signIn(page);
  for (const [name, path, whole, opening = []] of pages()) {
    await page.goto(at(path));
    await whole(page);
    for (const [each, act] of [[name, null] as const, ...opening]) {
      await act?.(page);
      for (const colour of colours) {
        if (colours === COLOURS) await turn(page, colour);
        await seen(`${each}-${look(colour)}`);
      }
      if (act) await close(page);
    }
  }
  expect(mistakes).toEqual([]);
});

async function close(page: Page) {
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").or(page.getByRole("alertdialog")).waitFor({ state: "detached" });
}

test("a model is deployed with the keyboard alone", async () => {
  const { page } = await visit();
  await signIn(page);
  await page.goto(at("/dashboard/models/"));
  await page.getByText(modelMessages.allowed).first().waitFor();
  await tabTo(page, modelMessages.deployOf("iris"));
  await page.keyboard.press("Enter");
  await page.getByText(deployMessages.fits).first().waitFor();
  await tabTo(page, deployMessages.name);
  await page.keyboard.press("Control+A");
  await page.keyboard.type("by-keyboard");
  await tabTo(page, deployMessages.submit);
  await page.keyboard.press("Enter");
  await page.getByText(deployMessages.successTitle).waitFor();
  await tabTo(page, deployMessages.watch);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "by-keyboard" }).waitFor();
});

test("on a phone the sidebar opens, leads on, and closes", async () => {
  const { page } = await visit(PHONE);
  await signIn(page);
  await page.getByRole("button", { name: messages.nav.open }).click();
  await page.getByRole("link", { name: messages.nav.models }).click();
  await page.waitForURL(/\/models\//);
  await page.getByRole("dialog").waitFor({ state: "detached" });
});

test("a chosen colour stays when the page is loaded again", async () => {
  const { page } = await visit();
  await signIn(page);
  await page.getByRole("radio", { name: messages.theme.dark }).click({ force: true });
  await page.reload();
  expect(await page.evaluate(() => document.documentElement.classList.contains("dark"))).toBe(true);
});

const MOST_STEPS = 60;

/** Press Tab until the control of this name has the focus. */
async function tabTo(page: Page, name: string) {
  for (let step = 0; step < MOST_STEPS; step++) {
    await page.keyboard.press("Tab");
    const focused = await page.evaluate(() => {
      const element = document.activeElement as HTMLInputElement | null;
      return element?.getAttribute("aria-label") ?? element?.labels?.[0]?.textContent ?? element?.textContent ?? "";
    });
    if (focused.trim() === name) return;
  }
  throw new Error(`Tab never reaches ${name}.`);
}
