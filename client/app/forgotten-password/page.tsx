"use client";

import Link from "next/link";
import { useState } from "react";
import { EmailField } from "@/components/auth/email-field";
import { AuthFrame } from "@/components/auth/frame";
import { Submit } from "@/components/auth/submit";
import { useAuthForm } from "@/components/auth/use-auth-form";
import { messages } from "@/lib/messages";

export default function ForgottenPassword() {
  const [email, setEmail] = useState("");
  const [sent, setSent] = useState(false);
  const form = useAuthForm(() => ({ email: email.trim() ? null : messages.auth.emailMissing }));

  return (
    <AuthFrame title={messages.auth.forgottenTitle} lead={messages.auth.forgottenText}>
      {sent ? (
        <p role="status" className="rounded-xl bg-good-soft p-4 text-good">
          {messages.auth.sent(email)}
        </p>
      ) : (
        <form
          noValidate
          className="space-y-4"
          onSubmit={(event) =>
            void form
              .submit(event, (client) =>
                client.resetPasswordForEmail(email.trim(), { redirectTo: `${location.origin}/new-password/` }),
              )
              .then((done) => done && setSent(true))
          }
        >
          <EmailField value={email} error={form.errors.email} onChange={setEmail} />
          <Submit form={form}>{messages.auth.send}</Submit>
        </form>
      )}
      <Link className="link text-sm" href="/sign-in/">
        {messages.auth.back}
      </Link>
    </AuthFrame>
  );
}
