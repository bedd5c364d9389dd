import type { Page } from "playwright-core";
import { beforeAll, expect, inject, test } from "vitest";
import { endpointMessages as text } from "@/lib/messages/endpoints";
import { messages } from "@/lib/messages";
import { deployMessages, templateMessages } from "@/lib/messages/deploy";
import { deploymentMessages } from "@/lib/messages/deployment";
import { modelMessages } from "@/lib/messages/models";
import { releaseMessages } from "@/lib/messages/release";
import { settingsMessages } from "@/lib/messages/settings";
import { active, at, deploy, latency, signUp, upload, visit, type Visit } from "./browser";
import { judgeInBoth } from "./judge";

const ENDPOINT = `team-${crypto.randomUUID().slice(0, 8)}`;
const view = `/dashboard/endpoints/view/?name=${ENDPOINT}`;
let person: Visit;

/** An endpoint with two revisions: the first has the traffic, the second is released by hand. */
beforeAll(async () => {
  person = await visit();
  const { page } = person;
  await signUp(page);
  await upload(page, inject("modelFile"));
  await page.getByRole("button", { name: modelMessages.deployOf("iris") }).click();
  await deploy(page, "first", ENDPOINT);
  await active(page);
  await page.goto(at("/dashboard/models/"));
  await page.getByRole("button", { name: modelMessages.deployOf("iris") }).click();
  await page.getByLabel(releaseMessages.heading, { exact: true }).selectOption("manual");
  await deploy(page, "second", ENDPOINT);
  await active(page);
}, 600_000);

const card = (page: Page, name: string) => page.getByRole("article", { name, exact: true });
const share = (page: Page, name: string) => page.getByRole("spinbutton", { name: text.split.shareOf(name) });
const ended = (page: Page, what: string) => page.getByText(what, { exact: true }).waitFor({ timeout: 240_000 });

test("traffic is shared by sliders that always sum to 100, and moved when it is applied", async () => {
  const { page, mistakes } = person;
  await page.getByRole("link", { name: messages.nav.endpoints }).click();
  await page.getByText(text.share("first", 100)).waitFor();
  await page.getByRole("link", { name: text.openOf(ENDPOINT) }).click();
  await card(page, "second").getByText(`${text.revision.number(2)} · ${text.revision.none}`).waitFor();

  await share(page, "second").fill("20");
  expect(await share(page, "first").inputValue()).toBe("80");
  await page.getByText(text.split.sum(100)).waitFor();
  await page.getByRole("button", { name: text.split.apply }).click();
  await ended(page, text.operation.ended["change_traffic"]!);
  await card(page, "first").getByText(`${text.revision.number(1)} · ${text.revision.serves(80)}`).waitFor();
  await page.getByRole("region", { name: text.moves.heading }).getByText(`${text.share("first", 80)}, ${text.share("second", 20)}`).waitFor();
  expect(mistakes).toEqual([]);
});

test("who was overtaken sees what is there now, and starts again from that", async () => {
  const { page, context } = person;
  await page.goto(at(view));
  await share(page, "second").fill("40");
  const other = await context.newPage();
  await other.goto(at(view));
  await share(other, "second").fill("30");
  await other.getByRole("button", { name: text.split.apply }).click();
  await ended(other, text.operation.ended["change_traffic"]!);
  await other.close();

  await page.getByRole("button", { name: text.split.apply }).click();
  const told = page.getByRole("alert").filter({ hasText: text.split.changedTitle });
  await told.getByText(text.share("second", 30)).waitFor();
  await told.getByRole("button", { name: text.split.again }).click();
  expect(await share(page, "second").inputValue()).toBe("30");
});

test("copies of requests go to a revision without live traffic, which a page opened meanwhile names", async () => {
  const { page, context } = person;
  await page.goto(at(view));
  await share(page, "first").fill("100");
  await page.getByLabel(text.split.mirror).selectOption("second");
  const before = await latency({ traffic: 2 });
  await page.getByRole("button", { name: text.split.apply }).click();
  await page.getByText(text.operation.kinds["change_traffic"]!, { exact: true }).waitFor();
  const other = await context.newPage();
  await other.goto(at(view));
  await other.getByText(text.operation.kinds["change_traffic"]!, { exact: true }).waitFor();
  await ended(other, text.operation.ended["change_traffic"]!);
  await other.close();
  await latency(before);
  await ended(page, text.operation.ended["change_traffic"]!);
  await card(page, "second").getByText(text.revision.copies(10)).waitFor();
});

test("a rollback says what will happen, and all traffic goes there", async () => {
  const { page } = person;
  await page.goto(at(view));
  await page.getByRole("button", { name: text.rollBack.toThisOf("second") }).click();
  const dialog = page.getByRole("alertdialog", { name: text.rollBack.title(2) });
  await dialog.getByText(text.rollBack.atOnce).waitFor();
  await dialog.getByText(text.rollBack.present("first")).waitFor();
  await dialog.getByRole("button", { name: text.rollBack.confirm }).click();
  await ended(page, text.operation.ended["roll_back"]!);
  await card(page, "second").getByText(text.revision.serves(100)).waitFor();

  await page.reload();
  await page.getByRole("button", { name: text.rollBack.action, exact: true }).click();
  await page.getByRole("alertdialog", { name: text.rollBack.title(1) }).getByRole("button", { name: text.rollBack.confirm }).click();
  await ended(page, text.operation.ended["roll_back"]!);
  await card(page, "first").getByText(text.revision.serves(100)).waitFor();
});

test("a revision sleeps, is found by its status, and is woken", async () => {
  const { page, mistakes } = person;
  await page.goto(at(view));
  await page.getByRole("button", { name: text.sleep.actionOf("second") }).click();
  await page.getByText("This saves").waitFor();
  await page.getByRole("alertdialog").getByRole("button", { name: text.sleep.confirm }).click();
  await ended(page, text.operation.ended["sleep"]!);
  await card(page, "second").getByText(messages.status.asleep, { exact: true }).waitFor();
  expect(await page.getByRole("slider").count()).toBe(0);

  await page.goto(at("/dashboard/deployments/"));
  await page.getByRole("radio", { name: messages.status.asleep }).click({ force: true });
  await card(page, "second").getByText(messages.deployments.free).waitFor();
  await card(page, "first").waitFor({ state: "detached" });
  await card(page, "second").getByRole("link", { name: messages.deployments.detailsOf("second") }).click();
  await page.getByText(text.wake.asleep).waitFor();
  expect(await page.getByRole("tab").count()).toBe(2);
  await page.getByRole("button", { name: text.wake.action }).click();
  await page.getByRole("alertdialog").waitFor();
  await judgeInBoth(page, "wake");
  await page.getByRole("alertdialog").getByRole("button", { name: text.wake.confirm }).click();
  await active(page);
  await page.getByRole("tab", { name: deploymentMessages.tabs.score }).waitFor();
  expect(mistakes).toEqual([]);
});

test("the dialog tells at its field what a release may not be, and opens what is hidden", async () => {
  const { page } = person;
  await page.goto(at("/dashboard/models/"));
  await page.getByRole("button", { name: modelMessages.deployOf("iris") }).click();
  await page.getByLabel(releaseMessages.heading, { exact: true }).selectOption("canary");
  await page.getByLabel(releaseMessages.steps).fill("50, 10");
  await page.getByText(releaseMessages.stepsGrow).waitFor();
  await page.getByText(releaseMessages.advanced).click();
  await page.getByLabel(releaseMessages.expires).fill("0");
  await page.getByText(releaseMessages.advanced).click();
  await page.getByRole("button", { name: deployMessages.submit, exact: true }).click();
  expect(await page.getByLabel(releaseMessages.steps).getAttribute("aria-invalid")).toBe("true");
  await page.getByLabel(releaseMessages.expires).waitFor();
  await page.getByLabel(releaseMessages.expires).fill("");
});

test("a template keeps what the form shows, and fills another form with it", async () => {
  const { page } = person;
  await page.getByLabel(releaseMessages.steps).fill("20, 60");
  await page.getByText(settingsMessages.variables.title, { exact: true }).click();
  await page.getByRole("button", { name: settingsMessages.variables.add }).click();
  await page.getByLabel(settingsMessages.variables.name(1)).fill("LOG_LEVEL");
  await page.getByLabel(settingsMessages.variables.value(1)).fill("info");
  await page.getByLabel(templateMessages.name).fill("Careful");
  await page.getByRole("button", { name: templateMessages.save, exact: true }).click();
  await page.getByLabel(templateMessages.choose, { exact: false }).first().selectOption({ label: templateMessages.none });
  await page.getByLabel(releaseMessages.heading, { exact: true }).selectOption("manual");
  await page.getByRole("button", { name: settingsMessages.variables.remove("LOG_LEVEL") }).click();
  await page.getByLabel(templateMessages.choose, { exact: false }).first().selectOption({ label: "Careful" });
  expect(await page.getByLabel(releaseMessages.steps).inputValue()).toBe("20, 60");
  expect(await page.getByLabel(settingsMessages.variables.value(1)).inputValue()).toBe("info");
  // What is typed is kept in this tab: the next dialog begins with it.
});

test("a watched release shows its plan and its numbers, is paused, resumed and aborted", async () => {
  const { page, mistakes } = person;
  await page.goto(at("/dashboard/models/"));
  await page.getByRole("button", { name: modelMessages.deployOf("iris") }).click();
  await page.getByLabel(releaseMessages.heading, { exact: true }).selectOption("canary");
  await page.getByLabel(releaseMessages.steps).fill("10");
  await deploy(page, "third", ENDPOINT);
  await page.getByText("third 10 %").first().waitFor({ timeout: 240_000 });
  await page.goto(at(view));
  const release = page.getByRole("region", { name: text.release.heading("third") });
  await release.getByText("10 %, 10 min each", { exact: false }).waitFor();
  await release.getByRole("button", { name: text.release.pause }).click();
  await release.getByText("Paused, as asked.").waitFor();
  await release.getByRole("button", { name: text.release.resume }).click();
  await release.getByText("Resumed, as asked.").waitFor();
  await release.getByRole("button", { name: text.release.abort }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: text.release.abort }).click();
  await card(page, "third").getByText(messages.status.failed, { exact: true }).waitFor({ timeout: 240_000 });
  await card(page, "first").getByText(text.revision.serves(100)).waitFor();
  expect(mistakes).toEqual([]);
});
