import { Problem, problemOf } from "@/lib/api/problem";
import { messages } from "@/lib/messages";
import { authMessages } from "@/lib/messages/auth";

/** What Supabase's auth client threw or returned, as a problem. */
export function authProblem(error: unknown): Problem {
  if (typeof error !== "object" || error === null || !("status" in error)) return problemOf(error);
  const { code, status, message } = error as { code?: string; status?: number; message?: string };
  if (!status) return problemOf(error);
  if (code === "invalid_credentials") return new Problem(code, authMessages.wrong, "", status);
  if (status === 429) {
    return new Problem("too_many_requests", messages.problems.busy, messages.problems.busyFix, status);
  }
  if (status >= 500) {
    return new Problem("unexpected_answer", messages.problems.strange(status), messages.problems.strangeFix, status);
  }
  return new Problem(code ?? "refused", message ?? messages.problems.foreign, "", status);
}
