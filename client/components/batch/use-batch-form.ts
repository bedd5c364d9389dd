"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { deployBatch } from "@/lib/api/batches";
import { problemOf, type Problem } from "@/lib/api/problem";
import { batchRequestOf, EMPTY_BATCH, refusedRows, wrongBatch, wrongRows, type BatchDraft, type BatchRequest, type RowErrors } from "@/lib/batch";
import { renew } from "@/lib/queries/renew";

interface Batch {
  draft: BatchDraft;
  change: (next: (before: BatchDraft) => BatchDraft) => void;
  /** Told once the service has accepted it. */
  onBegun: (batchId: string) => void;
}

/** Judges and sends a batch: one request with one key, however often it is sent. */
export function useBatchForm({ draft, change, onBegun }: Batch) {
  const client = useQueryClient();
  const [tried, setTried] = useState(false);
  /** What the service has refused of the rows as they were then. */
  const [refused, setRefused] = useState<{ rows: BatchDraft["rows"]; errors: RowErrors[] } | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const sending = useRef(false);

  const wrong = wrongRows(draft.rows);
  const errors = wrongBatch(draft);
  const isWrong = wrong.some((row) => Object.keys(row).length > 0) || Object.keys(errors).length > 0;
  const rows = draft.rows.map((row, at) => ({ ...(refused?.rows[at] === row && refused.errors[at]), ...(tried && wrong[at]) }));

  /** Send it, unless something is wrong. True if it is. */
  function submit(): boolean {
    setTried(true);
    if (isWrong || draft.rows.length === 0) return true;
    const request = batchRequestOf(draft);
    const { pending } = draft;
    const key = pending && JSON.stringify(pending.request) === JSON.stringify(request) ? pending.key : crypto.randomUUID();
    void send(request, key);
    return false;
  }

  async function send(request: BatchRequest, key: string) {
    if (sending.current) return;
    sending.current = true;
    setBusy(true);
    setProblem(null);
    setRefused(null);
    change((before) => ({ ...before, pending: { key, request } }));
    try {
      const { batch_id } = await deployBatch(request.deployments, key, request.options);
      onBegun(batch_id);
      change(() => EMPTY_BATCH);
      void renew(client, ["deployments"]);
    } catch (thrown) {
      const found = problemOf(thrown);
      const named = refusedRows(found, draft.rows.length);
      setRefused(named && { rows: draft.rows, errors: named });
      setProblem(found);
      // Refused for certain: the next attempt is a request of its own.
      if (!found.passes) change((before) => ({ ...before, pending: null }));
    } finally {
      sending.current = false;
      setBusy(false);
    }
  }

  // A reload in the middle of a request: it is sent again, with its key.
  const resumed = useRef(false);
  useEffect(() => {
    if (resumed.current || !draft.pending) return;
    resumed.current = true;
    void send(draft.pending.request, draft.pending.key);
  });

  return { rows, errors: tried ? errors : {}, problem, isRefused: refused !== null, busy, submit };
}
