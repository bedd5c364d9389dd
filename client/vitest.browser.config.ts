import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const resolve = { alias: { "@": fileURLToPath(new URL(".", import.meta.url)) } };
const timeouts = { testTimeout: 480_000, hookTimeout: 120_000 };
/** It kills the functions host under open pages: no other test may run beside it. */
const ALONE = "tests/browser/robust.test.ts";

/** A browser against the whole local stack: one world for all files, two of which run at a time. */
export default defineConfig({
  resolve,
  test: {
    globalSetup: "tests/browser/world.ts",
    projects: [
      { resolve, test: { ...timeouts, name: "together", include: ["tests/browser/**/*.test.ts"], exclude: [ALONE], maxWorkers: 2, sequence: { groupOrder: 0 } } },
      { resolve, test: { ...timeouts, name: "alone", include: [ALONE], maxWorkers: 1, sequence: { groupOrder: 1 } } },
    ],
  },
});
