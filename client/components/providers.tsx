"use client";

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { Problem } from "@/lib/api/problem";
import { AWAY_MS } from "@/lib/queries/pace";
import { SessionProvider } from "./session";
import { Toaster } from "./ui/toast";

const LONGEST_PAUSE_MS = 10_000;

/** A pause that grows, or the one that the service asks for. */
function pause(attempt: number, error: Error): number {
  if (error instanceof Problem && error.retryAfter !== null) return error.retryAfter * 1000;
  return Math.min(LONGEST_PAUSE_MS, 500 * 2 ** attempt);
}

/** A page that shows an outage asks again by itself, at the pace that the service wants. */
function whenAway(error: Error | null): number | false {
  if (!(error instanceof Problem) || !error.passes) return false;
  return Math.max(AWAY_MS, (error.retryAfter ?? 0) * 1000);
}

export function Providers({ children }: { children: ReactNode }) {
  const [client] = useState(
    () =>
      new QueryClient({
        defaultOptions: {
          queries: {
            staleTime: 2_000,
            networkMode: "always",
            retry: (count, error) => error instanceof Problem && error.passes && count < 2,
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
