"use client";

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { Problem } from "@/lib/api/problem";
import { whenAway } from "@/lib/queries/pace";
import { SessionProvider } from "./session";
import { Toaster } from "./ui/toast";

const LONGEST_PAUSE_MS = 10_000;
/** A longer one is told: the page would seem to load without end. */
const LONGEST_SILENT_PAUSE_S = 1;

/** A pause that grows, or the one that the service asks for. */
function pause(attempt: number, error: Error): number {
  if (error instanceof Problem && error.retryAfter !== null) return error.retryAfter * 1000;
  return Math.min(LONGEST_PAUSE_MS, 500 * 2 ** attempt);
}

/** Whether to try again without a word. */
const isTriedAgain = (count: number, error: Error) =>
  error instanceof Problem && error.passes && count < 2 && (error.retryAfter ?? 0) <= LONGEST_SILENT_PAUSE_S;

export function Providers({ children }: { children: ReactNode }) {
  const [client] = useState(
    () =>
      new QueryClient({
        defaultOptions: {
          queries: {
            staleTime: 2_000,
            networkMode: "always",
            retry: isTriedAgain,
            retryDelay: pause,
            refetchInterval: ({ state }) => whenAway(state.error),
          },
          mutations: { networkMode: "always" },
        },
      }),
  );
  return (
    <QueryClientProvider client={client}>
      <SessionProvider>
        {children}
        <Toaster />
      </SessionProvider>
    </QueryClientProvider>
  );
}
