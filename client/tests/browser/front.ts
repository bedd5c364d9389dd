import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import { world } from "./browser";

export interface Answer {
  status: number;
  headers?: Record<string, string>;
  body: string;
  /** It comes when this has come to pass. */
  after?: Promise<void>;
  /** How often it was given. */
  given?: number;
}

/** A server between the browser and the local world, as a proxy at work or in a hotel is. */
export interface Front {
  url: string;
  /** What it says by itself, by method and path of the API; all else it passes on. */
  answers: Map<string, Answer>;
}

const API = "/api";

/** The dashboard at an address of its own, set up to ask the API through the same server. */
export async function front(): Promise<Front> {
  const answers = new Map<string, Answer>();
  const server = createServer((request, response) => void serve(request, response).catch(() => response.writeHead(502).end()));
  await new Promise<void>((listens) => server.listen(0, "127.0.0.1", listens));
  onTestFinished(() => void (server.close(), server.closeAllConnections()));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function serve(request: IncomingMessage, response: ServerResponse) {
    const path = request.url!;
    if (!path.startsWith(API)) return pass(request, response, world().dashboard_url + path);
    const own = answers.get(`${request.method} ${path.slice(API.length).split("?")[0]}`);
    if (!own) return pass(request, response, world().functions_url + path.slice(API.length));
    own.given = (own.given ?? 0) + 1;
    await own.after;
    response.writeHead(own.status, own.headers).end(own.body);
  }

  async function pass(request: IncomingMessage, response: ServerResponse, to: string) {
    const { host: _, connection: __, "accept-encoding": ___, ...headers } = request.headers;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const sent = { method: request.method!, headers: headers as Record<string, string>, redirect: "manual" as const };
    const reply = await fetch(to, chunks.length ? { ...sent, body: Buffer.concat(chunks) } : sent);
    const body = request.url === "/config.json" ? JSON.stringify({ ...((await reply.json()) as object), functions_url: url + API }) : Buffer.from(await reply.arrayBuffer());
    const kept = [...reply.headers].filter(([name]) => !/^(content-(length|encoding)|transfer-encoding|connection|keep-alive)$/.test(name));
    response.writeHead(reply.status, Object.fromEntries(kept)).end(body);
  }

  return { url, answers };
}
