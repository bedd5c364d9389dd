import { messages } from "@/lib/messages";

/** What went wrong and what to do about it, in words for the page. Every failed call raises one. */
export class Problem extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly fix: string,
    readonly status: number = 0,
    readonly requestId: string | null = null,
    /** Seconds after which the service wants to be asked again. */
    readonly retryAfter: number | null = null,
    /** What else the refusal tells, such as the operation that runs already. */
    readonly facts: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = "Problem";
  }

  /** The same request may succeed later; nobody knows whether this one was carried out. */
  get passes(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** The problem in a reply, whoever wrote it: our API, Supabase, or a stranger in between. */
export function problemFrom(response: Response, body: unknown): Problem {
  const seconds = retryAfter(response.headers.get("Retry-After"));
  const error = field(body, "error");
  const [code, message, fix] = ["code", "message", "fix"].map((name) => text(field(error, name)));
  if (code && message) {
    const id = text(field(error, "request_id")) ?? null;
    return new Problem(code, message, fix ?? "", response.status, id, seconds, error as Record<string, unknown>);
  }
  if (response.status === 401) return signedOut();
  if (response.status === 429) {
    return new Problem("too_many_requests", messages.problems.busy, messages.problems.busyFix, 429, null, seconds);
  }
  const told = text(field(body, "message")) ?? text(field(body, "msg"));
  if (told && response.status < 500) return new Problem(text(field(body, "code")) ?? "refused", told, "", response.status);
  return new Problem(
    "unexpected_answer",
    messages.problems.strange(response.status),
    messages.problems.strangeFix,
    response.status,
    null,
    seconds,
  );
}

/** Whatever was thrown, as a problem. */
export function problemOf(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  const name = thrown instanceof Error ? thrown.name : "";
  if (name === "TimeoutError" || name === "AbortError") {
    return new Problem("no_answer", messages.problems.slow, messages.problems.slowFix);
  }
  if (thrown instanceof SyntaxError) {
    return new Problem("unexpected_answer", messages.problems.foreign, messages.problems.strangeFix, 502);
  }
  return new Problem("unreachable", messages.problems.unreachable, messages.problems.unreachableFix);
}

export const signedOut = () => new Problem("signed_out", messages.problems.signedOut, messages.problems.signedOutFix, 401);

function retryAfter(value: string | null): number | null {
  if (!value) return null;
  const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, Math.ceil(seconds)) : null;
}

const field = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;

const text = (value: unknown): string | undefined => (typeof value === "string" && value ? value : undefined);
