import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { TestProject } from "vitest/node";

const ROOT = resolve(import.meta.dirname, "../../..");
const PYTHON = join(ROOT, ".venv/bin/python");
const START_MS = 600_000;
/** Of Azure's times: a container starts in 0.6 s and its own work, a deployment is gone in 2.4 s. */
const LATENCY = "0.002";
/** A size of another family than all deployments that are to succeed: no room for an instance until a test makes some. */
export const SCARCE_SIZE = "Standard_F4s_v2";
export const FEW_CORES = 4;
const GENEROUS = { MAX_REQUESTS_PER_MINUTE: "100000", MAX_ACTIVE: "100", MAX_DEPLOYING: "100" };

declare module "vitest" {
  interface ProvidedContext {
    readyFile: string;
    modelFile: string;
    foreignFile: string;
  }
}

/** The local world with its dashboard, and files to upload; SLIPWAY_READY_FILE names one that runs. */
export default async function setup(project: TestProject) {
  const folder = mkdtempSync(join(tmpdir(), "slipway-browser-"));
  const running = process.env["SLIPWAY_READY_FILE"];
  const ready = running ?? join(folder, "ready.json");
  project.provide("readyFile", ready);
  const world = running ? null : await begin(folder, ready);

  // While the world starts.
  const model = join(folder, "iris.joblib");
  const foreign = join(folder, "notebook.joblib");
  execFileSync(PYTHON, ["-c", MAKE_FILES, model, foreign], { cwd: ROOT });
  project.provide("modelFile", model);
  project.provide("foreignFile", foreign);

  await until(() => existsSync(ready) && JSON.parse(readFileSync(ready, "utf8")).dashboard_url, START_MS);
  const control = JSON.parse(readFileSync(ready, "utf8")).azureml_control_url;
  // A container's start takes as much of the machine as all else: deployments of one model share it.
  await fetch(`${control}/sharing`, { method: "PUT", body: JSON.stringify({ shared: true }) });
  await fetch(`${control}/quota`, { method: "PUT", body: JSON.stringify({ [SCARCE_SIZE]: { limit: FEW_CORES } }) });
  if (!world) return () => rmSync(folder, { recursive: true });
  return async () => {
    const ended = new Promise((done) => world.once("exit", done));
    world.kill("SIGINT");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
}

async function begin(folder: string, ready: string): Promise<ChildProcess> {
  const where = ["--state", join(folder, "state"), "--ready-file", ready, "--port-base", String(await freeBase())];
  return spawn(PYTHON, ["-m", "devstack", "up", ...where, "--latency", LATENCY], { cwd: ROOT, env: { ...process.env, ...GENEROUS }, stdio: ["ignore", "ignore", "inherit"] });
}

const MAKE_FILES = `
import sys, joblib
from pathlib import Path
from devstack.seed import iris_classifier
joblib.dump(iris_classifier(), sys.argv[1], compress=3)
Path(sys.argv[2]).write_text('{"cells": [], "nbformat": 4, "nbformat_minor": 5, "metadata": {}}')
`;

async function until(condition: () => unknown, limitMs: number) {
  const ends = Date.now() + limitMs;
  while (!condition()) {
    if (Date.now() > ends) throw new Error("The local world is not up in time.");
    await new Promise((go) => setTimeout(go, 200));
  }
}

/** Six free ports in a row. */
async function freeBase(): Promise<number> {
  for (let base = 22000 + (process.pid % 300) * 20; base < 60000; base += 6) {
    const free = await Promise.all([0, 1, 2, 3, 4, 5].map((offset) => isFree(base + offset)));
    if (free.every(Boolean)) return base;
  }
  throw new Error("There are no free ports.");
}

const isFree = (port: number) =>
  new Promise<boolean>((told) => {
    const probe = createServer();
    probe.once("error", () => told(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => told(true)));
  });
