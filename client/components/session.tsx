"use client";

import { useQueryClient } from "@tanstack/react-query";
import { createContext, useContext, useEffect, useState, type ReactNode } from "react";
import { authClient, storedSession, userOf, type User } from "@/lib/auth/session";
import { forgetUser } from "@/lib/storage";

interface SessionState {
  /** undefined: not known yet; null: nobody. */
  user: User | null | undefined;
  signOut: () => Promise<void>;
}

const SessionContext = createContext<SessionState | null>(null);

/** Who is signed in, the same in all tabs. Caches go when the user does. */
export function SessionProvider({ children }: { children: ReactNode }) {
  const queries = useQueryClient();
  const [user, setUser] = useState<User | null | undefined>(undefined);

  useEffect(() => {
    let unsubscribe = () => {};
    let left = false;
    let current: string | null = null;
    const arrive = (next: User | null) => {
      if (current !== null && current !== next?.id) queries.clear();
      current = next?.id ?? null;
      setUser((before) => (before?.id === next?.id && before !== undefined ? before : next));
    };
    const stored = userOf(storedSession());
    if (stored) arrive(stored);
    authClient()
      .then((client) => {
        if (left) return;
        const { data } = client.onAuthStateChange((event, session) => {
          // A refresh that found no network is not a sign-out: the stored session stays.
          if (session || event === "SIGNED_OUT" || !storedSession()) arrive(userOf(session));
        });
        unsubscribe = () => data.subscription.unsubscribe();
      })
      .catch(() => {
        if (!left && current === null) setUser(null);
      });
    return () => {
      left = true;
      unsubscribe();
    };
  }, [queries]);

  async function signOut() {
    const client = await authClient();
    // The server may be away: this browser forgets the user in any case.
    await client.signOut({ scope: "local" }).catch(() => undefined);
    forgetUser();
    queries.clear();
    setUser(null);
  }

  return <SessionContext value={{ user, signOut }}>{children}</SessionContext>;
}

export function useSession(): SessionState {
  const found = useContext(SessionContext);
  if (!found) throw new Error("useSession needs a SessionProvider above it.");
  return found;
}
