import { expect, test } from "vitest";
import { timeAgo } from "@/lib/format";

test("times are told from now, in the past and to come", () => {
  const now = Date.parse("2026-01-01T12:00:00Z");
  expect(timeAgo("2026-01-01T09:00:00Z", now)).toBe("3 hours ago");
  expect(timeAgo("2026-01-01T12:59:59Z", now)).toBe("in 59 minutes");
  expect(timeAgo("2026-01-01T12:00:20Z", now)).toBe("now");
});
