"use client";

import { useState, type FormEvent } from "react";
import type { GoTrueClient as AuthClient } from "@supabase/auth-js";
import { problemOf, type Problem } from "@/lib/api/problem";
import { authProblem } from "@/lib/auth/problem";
import { authClient } from "@/lib/auth/session";

type Outcome = { error: unknown };

/** One form that asks Supabase: its errors by field, its problem, and whether it waits. */
export function useAuthForm<Fields extends Record<string, string | null>>(check: () => Fields) {
  const [errors, setErrors] = useState<Partial<Fields>>({});
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);

  async function ask(call: (client: AuthClient) => Promise<Outcome>): Promise<boolean> {
    setBusy(true);
    setProblem(null);
    try {
      const { error } = await call(await authClient());
      if (error) setProblem(authProblem(error));
      return !error;
    } catch (thrown) {
      setProblem(problemOf(thrown));
      return false;
    } finally {
      setBusy(false);
    }
  }

  /** Ask when every field is right; otherwise the first wrong one gets the focus. */
  async function submit(event: FormEvent<HTMLFormElement>, call: (client: AuthClient) => Promise<Outcome>): Promise<boolean> {
    event.preventDefault();
    const form = event.currentTarget;
    const found = check();
    setErrors(found);
    if (Object.values(found).some(Boolean)) {
      requestAnimationFrame(() => form.querySelector<HTMLElement>("[aria-invalid=true]")?.focus());
      return false;
    }
    return ask(call);
  }

  return { errors, problem, busy, ask, submit };
}
