import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** A browser against the whole local stack; one world for all files, which run one after another. */
export default defineConfig({
  resolve: { alias: { "@": fileURLToPath(new URL(".", import.meta.url)) } },
  test: {
    include: ["tests/browser/**/*.test.ts"],
    globalSetup: "tests/browser/world.ts",
    fileParallelism: false,
    testTimeout: 480_000,
    hookTimeout: 120_000,
  },
});
