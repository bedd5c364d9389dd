"use client";

import { useEffect, useState } from "react";
import { EmailField } from "@/components/auth/email-field";
import { AuthFrame } from "@/components/auth/frame";
import { PasswordField } from "@/components/auth/password-field";
import { Submit } from "@/components/auth/submit";
import { useAuthForm } from "@/components/auth/use-auth-form";
import { authMessages } from "@/lib/messages/auth";
import { Link } from "@/components/ui/link";

const SHORTEST_PASSWORD = 8;

export default function SignUp() {
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [waiting, setWaiting] = useState(false);
  const [search, setSearch] = useState("");
  const form = useAuthForm(() => ({
    email: email.trim() ? null : authMessages.emailMissing,
    password: password.length >= SHORTEST_PASSWORD ? null : authMessages.passwordShort,
  }));
  useEffect(() => setSearch(location.search), []);

  return (
    <AuthFrame title={authMessages.signUpTitle}>
      {waiting ? (
        <p role="status" className="rounded-xl bg-good-soft p-4 text-good">
          {authMessages.confirm(email)}
        </p>
      ) : (
        <form
          noValidate
          className="space-y-4"
          onSubmit={(event) =>
            void form.submit(event, async (client) => {
              const { data, error } = await client.signUp({ email: email.trim(), password });
              if (!error && !data.session) setWaiting(true);
              return { error };
            })
          }
        >
          <EmailField value={email} error={form.errors.email} onChange={setEmail} />
          <PasswordField
            label={authMessages.password}
            autoComplete="new-password"
            hint={authMessages.passwordRule}
            value={password}
            error={form.errors.password}
            onChange={(event) => setPassword(event.target.value)}
          />
          <Submit form={form}>{authMessages.signUp}</Submit>
        </form>
      )}
      <p className="text-sm">
        {authMessages.haveAccount}{" "}
        <Link className="link" href={`/sign-in/${search}`}>
          {authMessages.signIn}
        </Link>
      </p>
    </AuthFrame>
  );
}
