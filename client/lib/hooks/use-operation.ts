"use client";

import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import type { Operation } from "@/lib/api/endpoints";
import { Problem } from "@/lib/api/problem";
import { endpointQueries } from "@/lib/queries/endpoints";

const FOLLOW_MS = 1_000;

/** Follow the operation of this id, "" for none; `onEnd` is told once when it has ended or is not there. */
export function useOperation(id: string, onEnd: (ended: Operation | null) => void): Operation | undefined {
  const { data, error } = useQuery({
    ...endpointQueries.operation(id),
    enabled: !!id,
    refetchInterval: ({ state }) => (state.data && state.data.status !== "running" ? false : FOLLOW_MS),
  });
  const told = useRef("");
  const ended = data && data.status !== "running" ? data : undefined;
  const missing = error instanceof Problem && !error.passes;
  useEffect(() => {
    if (!id || told.current === id || !(ended || missing)) return;
    told.current = id;
    onEnd(ended ?? null);
  }, [id, ended, missing, onEnd]);
  return id ? data : undefined;
}
