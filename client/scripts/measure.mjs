// What a person waits for, in a browser against the local world whose ready file is named:
//   node scripts/measure.mjs READY_FILE RUNS
// Prints JSON: bytes of first-load JavaScript, milliseconds to the first paint and to the list, and,
// while a long list is scrolled from end to end, the slowest frame and the processor's time for one:
// where others use the machine, a frame waits for them, but takes no more of the processor.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { chromium } from "playwright-core";

const [readyFile, runs] = process.argv.slice(2);
const world = JSON.parse(readFileSync(readyFile, "utf8"));
const page = `${world.dashboard_url}/dashboard/deployments/`;
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--enable-precise-memory-info"];
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });

const context = await browser.newContext({ viewport: { width: 1280, height: 860 } });
const first = await context.newPage();
await first.goto(`${world.dashboard_url}/sign-in/?as=${world.users[0].email}`);
await first.waitForURL(/\/dashboard\//);
await first.close();

const loads = [];
for (let run = 0; run < Number(runs); run++) loads.push(await load());
console.log(JSON.stringify({ javascript_bytes: await firstLoad(), loads, scroll: await scroll() }));
await browser.close();

/** Scripts that the page's own document asks for, as gzip sends them. */
async function firstLoad() {
  const html = await (await fetch(page)).text();
  const paths = [...html.matchAll(/<script(?![^>]*noModule)[^>]*\ssrc="([^"]+)"/g)].map((found) => found[1]);
  const sizes = await Promise.all(paths.map(async (path) => gzipSync(Buffer.from(await (await fetch(world.dashboard_url + path)).arrayBuffer()), { level: 9 }).length));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** One visit with an empty cache: to the first paint, to the data, to the list. */
async function load() {
  const tab = await context.newPage();
  const devtools = await context.newCDPSession(tab);
  await devtools.send("Network.setCacheDisabled", { cacheDisabled: true });
  await tab.goto(page);
  await tab.getByRole("article").first().waitFor();
  const times = await tab.evaluate(() => {
    const list = performance.getEntriesByType("resource").filter((entry) => entry.name.includes("/deployments/list"));
    return {
      first_paint_ms: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? null,
      data_ms: list[0]?.responseEnd ?? null,
      list_ms: performance.now(),
    };
  });
  await tab.close();
  return times;
}

/** Scroll until every page is loaded, then from the top to the end again, frame by frame. */
async function scroll() {
  const tab = await context.newPage();
  await tab.goto(page);
  await tab.getByRole("article").first().waitFor();
  const whole = await tab.evaluate(async () => {
    const frame = () => new Promise((next) => requestAnimationFrame(next));
    let height = 0;
    for (let still = 0; still < 120; ) {
      scrollTo(0, document.documentElement.scrollHeight);
      await frame();
      const now = document.documentElement.scrollHeight;
      still = now === height ? still + 1 : 0;
      height = now;
    }
    scrollTo(0, 0);
    await frame();
    return { height, before: performance.memory.usedJSHeapSize };
  });
  const devtools = await context.newCDPSession(tab);
  await devtools.send("Performance.enable", { timeDomain: "threadTicks" });
  const begun = await busySeconds(devtools);
  const found = await tab.evaluate(async ({ height, before }) => {
    const frame = () => new Promise((next) => requestAnimationFrame(next));
    const frames = [];
    for (let top = 0, last = performance.now(); top < height; top += height / 600) {
      scrollTo(0, top);
      await frame();
      const now = performance.now();
      frames.push(now - last);
      last = now;
    }
    frames.sort((a, b) => a - b);
    return {
      rows: document.querySelectorAll("[role=list] > div").length,
      pixels: height,
      slowest_frame_ms: frames.at(-1),
      p95_frame_ms: frames[Math.floor(frames.length * 0.95)],
      frames: frames.length,
      memory_grown_mb: (performance.memory.usedJSHeapSize - before) / 1e6,
    };
  }, whole);
  const processor_ms_per_frame = (1000 * (await busySeconds(devtools) - begun)) / found.frames;
  const empty_frames = await tab.evaluate(emptyFrames, 250);
  await tab.close();
  return { ...found, processor_ms_per_frame, empty_frames };
}

/** Of 300 frames at this many pixels each, those in which a place in the window had no card yet. */
async function emptyFrames(pixels) {
  const frame = () => new Promise((next) => requestAnimationFrame(next));
  let empty = 0;
  scrollTo(0, 0);
  for (let each = 0; each < 300; each++) {
    scrollBy(0, pixels);
    await frame();
    empty += [...document.querySelectorAll("[role=list] > div:not(:has(article))")].some((row) => {
      const { top, bottom } = row.getBoundingClientRect();
      return bottom > 0 && top < innerHeight;
    });
  }
  return empty;
}

/** Of the page's main thread, whatever else the machine does. */
async function busySeconds(devtools) {
  const { metrics } = await devtools.send("Performance.getMetrics");
  return metrics.find((metric) => metric.name === "TaskDuration").value;
}
