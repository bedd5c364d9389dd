import { Problem } from "../api/problem";

export const PAGE_SIZE = 50;
export const POLL_MS = 2_000;
/** How often a page asks again while the service is away. */
export const AWAY_MS = 5_000;

/** A page that shows an outage asks again by itself, at the pace that the service wants. Milliseconds. */
export function whenAway(error: Error | null): number | false {
  if (!(error instanceof Problem) || !error.passes) return false;
  return Math.max(AWAY_MS, (error.retryAfter ?? 0) * 1000);
}
