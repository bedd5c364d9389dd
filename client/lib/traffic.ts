import type { Shares, TrafficMove } from "./api/endpoints";

/** Copies can be made of at most so many percent of the requests. */
export const MOST_MIRRORED = 50;

/** Who has a share, the largest first. */
export const carrying = (shares: Shares): [string, number][] =>
  Object.entries(shares)
    .filter(([, share]) => share > 0)
    .sort(([, one], [, other]) => other - one);

export const totalOf = (shares: Shares) => Object.values(shares).reduce((sum, share) => sum + share, 0);

/** The shares of `names` alone, in the same proportions and summing to 100; the first gets all where nobody has any. */
export function proposed(names: string[], there: Shares): Shares {
  const own = Object.fromEntries(names.map((name) => [name, there[name] ?? 0]));
  const [first] = names;
  if (first === undefined) return {};
  return totalOf(own) === 0 ? { ...own, [first]: 100 } : scaled(own, 100);
}

/** `name` gets `share` percent; the others share what is left in their proportions. Sums to 100. */
export function withShare(shares: Shares, name: string, share: number): Shares {
  const others = Object.fromEntries(Object.entries(shares).filter(([other]) => other !== name));
  const [first] = Object.keys(others);
  if (first === undefined) return { [name]: 100 };
  const wanted = Math.min(100, Math.max(0, Math.round(share) || 0));
  const rest = totalOf(others) === 0 ? { ...others, [first]: 100 - wanted } : scaled(others, 100 - wanted);
  return Object.fromEntries(Object.keys(shares).map((each) => [each, each === name ? wanted : (rest[each] ?? 0)]));
}

/** Whole numbers in the same proportions that sum to `whole`: what rounding leaves goes to the largest fractions. */
function scaled(shares: Shares, whole: number): Shares {
  const total = totalOf(shares);
  const exact = Object.entries(shares).map(([name, share]) => [name, (share * whole) / total] as const);
  const result = Object.fromEntries(exact.map(([name, share]) => [name, Math.floor(share)]));
  const byFraction = exact.toSorted(([, one], [, other]) => (other % 1) - (one % 1));
  let left = whole - totalOf(result);
  for (const [name] of byFraction) {
    if (left-- <= 0) break;
    result[name] = (result[name] ?? 0) + 1;
  }
  return result;
}

export const same = (one: Shares, other: Shares) =>
  [...new Set([...Object.keys(one), ...Object.keys(other)])].every((name) => (one[name] ?? 0) === (other[name] ?? 0));

/** A time in which the shares stood still; `until` is null for the present. */
export interface Served {
  at: string;
  until: string | null;
  traffic: Shares;
  mirror: Shares;
  outside: boolean;
}

/** `moves` newest first, each with its end. */
export const history = (moves: TrafficMove[]): Served[] =>
  moves.map(({ at, traffic, mirror, operation_id }, index) => ({ at, until: moves[index - 1]?.at ?? null, traffic, mirror, outside: operation_id === null }));

/** The last time that `name` had a share of the live requests, and its share at the end of it. */
export function lastServed(periods: Served[], name: string): (Served & { share: number }) | null {
  const last = periods.findIndex(({ traffic }) => traffic[name]);
  if (last < 0) return null;
  const after = periods.slice(last);
  const gap = after.findIndex(({ traffic }) => !traffic[name]);
  const [end, begin] = [after[0], after.at(gap < 0 ? -1 : gap - 1)];
  return end && begin ? { ...end, at: begin.at, share: end.traffic[name] ?? 0 } : null;
}
