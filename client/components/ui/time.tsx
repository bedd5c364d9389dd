"use client";

import { exactTime, timeAgo } from "@/lib/format";
import { useNow } from "@/lib/hooks/use-now";

/** A relative time; the exact one on hover. */
export function Time({ at }: { at: string }) {
  const now = useNow(20_000);
  return (
    <time dateTime={at} title={exactTime(at)}>
      {timeAgo(at, now)}
    </time>
  );
}
