import createClient, { type Client } from "openapi-fetch";
import { accessToken, renewedToken } from "@/lib/auth/session";
import { config } from "@/lib/config";
import { Problem, problemFrom, problemOf, signedOut } from "./problem";
import type { paths } from "./schema";
import { messages } from "@/lib/messages";

/** Longer than the app's own deadlines, so that its explanation arrives where it has one. */
const TIMEOUT_MS = 60_000;

let client: Promise<Client<paths>> | undefined;

/** The typed client of our API; tokens, their renewal and a deadline are seen to. */
export function api(): Promise<Client<paths>> {
  client ??= config()
    .then(({ functions_url }) => createClient<paths>({ baseUrl: functions_url, fetch: authorized }))
    .catch((error: unknown) => {
      client = undefined;
      throw error;
    });
  return client;
}

/** Send a request as the signed-in user. A refused token is renewed once. Raises Problem. */
export async function authorized(request: Request): Promise<Response> {
  const token = await accessToken();
  if (!token) throw signedOut();
  const again = request.clone();
  const response = await send(request, token);
  if (response.status !== 401) return response;
  const renewed = await renewedToken(token);
  if (!renewed) throw signedOut();
  return send(again, renewed);
}

function send(request: Request, token: string): Promise<Response> {
  const headers = new Headers(request.headers);
  headers.set("Authorization", `Bearer ${token}`);
  const signal = AbortSignal.any([request.signal, AbortSignal.timeout(TIMEOUT_MS)]);
  return fetch(new Request(request, { headers, signal, cache: "no-cache" }));
}

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The body of a good reply that passes `check`. Raises Problem for every other outcome. */
export async function asked<T>(call: Promise<Answer<T>>, check: (data: T) => boolean): Promise<T> {
  let answer: Answer<T>;
  try {
    answer = await call;
  } catch (thrown) {
    throw problemOf(thrown);
  }
  if (!answer.response.ok) throw problemFrom(answer.response, answer.error);
  if (answer.data === undefined || answer.data === null || !check(answer.data)) {
    throw new Problem("unexpected_answer", messages.problems.foreign, messages.problems.strangeFix, 502);
  }
  return answer.data;
}
