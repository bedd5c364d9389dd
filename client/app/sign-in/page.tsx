"use client";

import { useEffect, useRef, useState } from "react";
import { EmailField } from "@/components/auth/email-field";
import { AuthFrame } from "@/components/auth/frame";
import { PasswordField } from "@/components/auth/password-field";
import { Submit } from "@/components/auth/submit";
import { useAuthForm } from "@/components/auth/use-auth-form";
import { Button } from "@/components/ui/button";
import { Link } from "@/components/ui/link";
import { Notice } from "@/components/ui/notice";
import { HOME } from "@/lib/auth/next";
import { Problem } from "@/lib/api/problem";
import { config, ConfigMissing, type Config } from "@/lib/config";
import { messages } from "@/lib/messages";
import { authMessages } from "@/lib/messages/auth";

export default function SignIn() {
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [place, setPlace] = useState<{ config?: Config; error?: unknown }>({});
  const [search, setSearch] = useState("");
  const form = useAuthForm(() => ({
    email: email.trim() ? null : authMessages.emailMissing,
    password: password ? null : authMessages.passwordMissing,
  }));
  const chosen = useRef(false);
  const { ask } = form;

  useEffect(() => {
    setSearch(location.search);
    config().then(
      (found) => setPlace({ config: found }),
      (error: unknown) => setPlace({ error }),
    );
  }, []);

  // `?as=` signs in a user of the local world: the page that `make demo` opens.
  useEffect(() => {
    const wanted = new URLSearchParams(search).get("as");
    const user = place.config?.demo_users?.find((each) => each.email === wanted);
    if (!user || chosen.current) return;
    chosen.current = true;
    void ask((client) => client.signInWithPassword(user));
  }, [search, place, ask]);

  const people = place.config?.demo_users ?? [];
  const comesBack = (new URLSearchParams(search).get("next") ?? HOME) !== HOME;
  return (
    <AuthFrame title={authMessages.signInTitle} lead={comesBack ? authMessages.back_to : undefined}>
      {place.error !== undefined && <Notice error={placeProblem(place.error)} title={messages.problems.config} />}
      {people.length > 0 && (
        <section className="space-y-2 rounded-xl bg-accent-soft p-4" aria-labelledby="demo-users">
          <h2 id="demo-users" className="text-sm font-semibold">
            {authMessages.demoTitle}
          </h2>
          <p className="text-sm">{authMessages.demoText}</p>
          <div className="flex flex-col gap-2 pt-1">
            {people.map((user) => (
              <Button key={user.email} busy={form.busy} onClick={() => void form.ask((client) => client.signInWithPassword(user))}>
                <span className="truncate">{authMessages.demoAs(user.email)}</span>
              </Button>
            ))}
          </div>
        </section>
      )}
      <form
        noValidate
        className="space-y-4"
        onSubmit={(event) => void form.submit(event, (client) => client.signInWithPassword({ email: email.trim(), password }))}
      >
        <EmailField value={email} error={form.errors.email} onChange={setEmail} />
        <PasswordField
          label={authMessages.password}
          autoComplete="current-password"
          value={password}
          error={form.errors.password}
          onChange={(event) => setPassword(event.target.value)}
        />
        <Submit form={form}>{authMessages.signIn}</Submit>
      </form>
      <div className="flex flex-wrap justify-between gap-x-4 gap-y-1 text-sm">
        <Link className="link" href="/forgotten-password/">
          {authMessages.forgotten}
        </Link>
        <span>
          {authMessages.noAccount}{" "}
          <Link className="link" href={`/sign-up/${search}`}>
            {authMessages.signUp}
          </Link>
        </span>
      </div>
    </AuthFrame>
  );
}

/** A site that was never set up is not one that cannot be reached. */
const placeProblem = (error: unknown) => (error instanceof ConfigMissing ? new Problem("config_missing", error.message, messages.problems.configFix) : error);
