import { mkdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";
import { afterAll, expect, inject } from "vitest";
import { authMessages } from "@/lib/messages/auth";
import { deployMessages } from "@/lib/messages/deploy";
import { modelMessages } from "@/lib/messages/models";
import { SCARCE_SIZE } from "./world";

const PICTURES = resolve(import.meta.dirname, "../../../docs/screenshots");
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

export interface World {
  functions_url: string;
  supabase_url: string;
  dashboard_url: string;
  publishable_key: string;
  secret_key: string;
  azureml_control_url: string;
  pids: Record<string, number>;
  users: { id: string; email: string; password: string }[];
  models: { id: string; user_id: string; model_name: string }[];
}

/** The ready file, read now: pids change when a service is restarted. */
export const world = (): World => JSON.parse(readFileSync(inject("readyFile"), "utf8")) as World;

let browser: Browser | undefined;
afterAll(async () => browser?.close());

/** What a page must never do, whatever a test is about. */
export interface Visit {
  page: Page;
  context: BrowserContext;
  /** Mistakes of the page: exceptions, and what the Content-Security-Policy refused. */
  mistakes: string[];
}

/** A browser of its own for one person. */
export async function visit(options: { width?: number; height?: number; dark?: boolean } = {}): Promise<Visit> {
  browser ??= await chromium.launch({ executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium", args: FLAGS });
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1280, height: options.height ?? 860 },
    colorScheme: options.dark ? "dark" : "light",
    reducedMotion: "reduce",
    locale: "en-US",
    permissions: ["clipboard-read", "clipboard-write"],
  });
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  const mistakes: string[] = [];
  page.on("pageerror", (error) => mistakes.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error" && /Content Security Policy|Minified React|hydrat/i.test(message.text())) mistakes.push(message.text());
  });
  return { page, context, mistakes };
}

export const at = (path: string) => world().dashboard_url + path;

/** Sign in as a seeded user, by the button of the local world. */
export async function signInAs(page: Page, name: "ada" | "grace", path = "/dashboard/deployments/") {
  await page.goto(at(`/sign-in/?next=${encodeURIComponent(path)}`));
  await page.getByRole("button", { name: authMessages.demoAs(`${name}@example.com`) }).click();
  await page.waitForURL((url) => url.pathname === path.split("?")[0]);
}

/** A user of its own, of the dashboard at `url`; returns the address. */
export async function signUp(page: Page, url = at("")): Promise<{ email: string; password: string }> {
  const person = { email: `user-${crypto.randomUUID().slice(0, 8)}@example.com`, password: crypto.randomUUID() };
  await page.goto(`${url}/sign-up/`);
  await page.getByLabel(authMessages.email).fill(person.email);
  await page.getByLabel(authMessages.password, { exact: true }).fill(person.password);
  await page.getByRole("button", { name: authMessages.signUp }).click();
  await page.waitForURL(/\/dashboard\/deployments\//);
  return person;
}

/** The id of who is signed in. */
export const userId = (page: Page) => page.evaluate(() => (JSON.parse(localStorage.getItem("slipway.auth")!) as { user: { id: string } }).user.id);

/** Upload a file on the models page and wait for the scan's verdict. */
export async function upload(page: Page, file: string, verdict: string = modelMessages.allowed) {
  await page.goto(at("/dashboard/models/"));
  await page.locator("input[type=file]").setInputFiles(file);
  await page.getByText(verdict).first().waitFor();
}

/** Fill the dialog that is open, deploy, and follow to the deployment's page. */
export async function deploy(page: Page, name: string, endpoint = "") {
  await page.getByLabel(deployMessages.name).fill(name);
  if (endpoint) await page.getByLabel(deployMessages.endpoint).fill(endpoint);
  await page.getByRole("button", { name: deployMessages.submit, exact: true }).click();
  await page.getByRole("link", { name: deployMessages.watch }).click();
  await page.getByRole("heading", { level: 1, name }).waitFor();
}

/** Until the deployment on the page is live. */
export const active = (page: Page) => page.getByText(/^Active after/).waitFor({ timeout: 240_000 });

/** Cores that the local Azure has for the scarce size. */
export async function quota(cores: number) {
  const reply = await fetch(`${world().azureml_control_url}/quota`, { method: "PUT", body: JSON.stringify({ [SCARCE_SIZE]: { limit: cores } }) });
  expect(reply.status).toBeLessThan(300);
}

/** Seconds of the local Azure, changed; returns those as they were. */
export async function latency(seconds: Record<string, number>): Promise<Record<string, number>> {
  const url = `${world().azureml_control_url}/latency`;
  const before = (await (await fetch(url)).json()) as Record<string, number>;
  expect((await fetch(url, { method: "PUT", body: JSON.stringify(seconds) })).status).toBe(200);
  return Object.fromEntries(Object.keys(seconds).map((kind) => [kind, before[kind]!]));
}

/** Rows of the local Supabase, as its service role reads them, or puts `added` in. */
export async function rows<Row>(query: string, added?: object[]): Promise<Row[]> {
  const { supabase_url, secret_key } = world();
  const headers = { apikey: secret_key, Authorization: `Bearer ${secret_key}`, "Content-Type": "application/json", Prefer: "return=representation" };
  const reply = await fetch(`${supabase_url}/rest/v1/${query}`, added ? { method: "POST", headers, body: JSON.stringify(added) } : { headers });
  expect(reply.status).toBeLessThan(300);
  return (await reply.json()) as Row[];
}

export async function picture(page: Page, name: string) {
  mkdirSync(PICTURES, { recursive: true });
  await page.screenshot({ path: `${PICTURES}/${name}.png` });
}
