"use client";

import { useCallback, useEffect, useState } from "react";
import { EMPTY_BATCH, keepBatch, keptBatch, type BatchDraft } from "@/lib/batch";

/** The models that a person has selected and what is typed for them, kept in this tab. */
export function useBatch(userId: string) {
  const [draft, setDraft] = useState<BatchDraft>(EMPTY_BATCH);
  useEffect(() => setDraft(keptBatch(userId)), [userId]);
  const change = useCallback(
    (next: (before: BatchDraft) => BatchDraft) =>
      setDraft((before) => {
        const after = next(before);
        keepBatch(userId, after);
        return after;
      }),
    [userId],
  );
  return { draft, change };
}
