export const PAGE_SIZE = 50;
export const POLL_MS = 2_000;
/** How often a page asks again while the service is away. */
export const AWAY_MS = 5_000;
