import axe from "axe-core";
import type { Page } from "playwright-core";
import { expect } from "vitest";

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
export const COLOURS = ["light", "dark"] as const;
export type Colour = (typeof COLOURS)[number];

/** What a page must be, in each colour and width: accessible, and no wider than the window. */
export async function judge(page: Page, name: string) {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe.source);
  const { violations } = await page.evaluate((rules) => (window as unknown as { axe: typeof axe }).axe.run({ runOnly: rules, resultTypes: ["violations"] }), RULES);
  const found = violations.map((each) => `${name}: ${each.id} at ${each.nodes.map((node) => node.target.join(" ")).join(", ")}`);
  expect(found).toEqual([]);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(overflow, `${name} is wider than the window`).toBeLessThanOrEqual(0);
}

/** The open page of somebody whose theme is the system's turns to this colour without being loaded again. */
export async function turn(page: Page, colour: Colour) {
  await page.emulateMedia({ colorScheme: colour });
  await page.waitForFunction((dark) => document.documentElement.classList.contains("dark") === dark, colour === "dark");
}

/** What is open now, in both colours. */
export async function judgeInBoth(page: Page, name: string) {
  for (const colour of ["dark", "light"] as const) {
    await turn(page, colour);
    await judge(page, `${name}-${colour}`);
  }
}
