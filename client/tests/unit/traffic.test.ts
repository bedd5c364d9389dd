import { expect, test } from "vitest";
import type { TrafficMove } from "@/lib/api/endpoints";
import { history, lastServed, proposed, same, totalOf, withShare } from "@/lib/traffic";

test("a share that is moved leaves the rest to the others, in their proportions", () => {
  expect(withShare({ a: 100, b: 0 }, "b", 20)).toEqual({ a: 80, b: 20 });
  expect(withShare({ a: 60, b: 30, c: 10 }, "c", 40)).toEqual({ a: 40, b: 20, c: 40 });
  expect(withShare({ a: 0, b: 100 }, "b", 70)).toEqual({ a: 30, b: 70 });
});

test("whatever is dragged, the shares are whole, not negative, and sum to 100", () => {
  for (const shares of [{ a: 34, b: 33, c: 33 }, { a: 1, b: 1, c: 98 }, { a: 100, b: 0, c: 0 }, { a: 0, b: 0, c: 0 }]) {
    for (let share = -5; share <= 105; share++) {
      const moved = withShare(shares, "a", share);
      expect(totalOf(moved)).toBe(100);
      expect(Object.values(moved).every((each) => Number.isInteger(each) && each >= 0)).toBe(true);
    }
  }
  expect(withShare({ a: 50, b: 50 }, "a", Number.NaN)).toEqual({ a: 0, b: 100 });
  expect(withShare({ a: 100 }, "a", 20)).toEqual({ a: 100 });
});

test("the form begins with what is there, scaled to those that can serve", () => {
  expect(proposed(["a", "b"], { a: 80, b: 20 })).toEqual({ a: 80, b: 20 });
  expect(proposed(["a", "b"], { a: 40, b: 40, foreign: 20 })).toEqual({ a: 50, b: 50 });
  expect(proposed(["new", "old"], {})).toEqual({ new: 100, old: 0 });
  expect(proposed([], { foreign: 100 })).toEqual({});
});

test("a name that is absent has no share", () => {
  expect(same({ a: 100, b: 0 }, { a: 100 })).toBe(true);
  expect(same({ a: 90, b: 10 }, { a: 100 })).toBe(false);
});

test("each move holds until the next one", () => {
  const moves: TrafficMove[] = [
    { at: "2026-01-02", traffic: { b: 100 }, mirror: {}, operation_id: null },
    { at: "2026-01-01", traffic: { a: 100 }, mirror: {}, operation_id: "o" },
  ];
  expect(history(moves).map(({ until, outside }) => [until, outside])).toEqual([
    [null, true],
    ["2026-01-02", false],
  ]);
});

test("when a revision served last is one time, however its share changed in it", () => {
  const move = (at: string, traffic: Record<string, number>): TrafficMove => ({ at, traffic, mirror: {}, operation_id: "o" });
  const periods = history([move("5", { b: 100 }), move("4", { a: 10, b: 90 }), move("3", { a: 100 }), move("2", { b: 100 }), move("1", { a: 100 })]);
  expect(lastServed(periods, "a")).toMatchObject({ at: "3", until: "5", share: 10 });
  expect(lastServed(periods, "b")).toMatchObject({ at: "4", until: null, share: 100 });
  expect(lastServed(periods, "c")).toBeNull();
});
