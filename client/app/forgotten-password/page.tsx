"use client";

import { useState } from "react";
import { EmailField } from "@/components/auth/email-field";
import { AuthFrame } from "@/components/auth/frame";
import { Submit } from "@/components/auth/submit";
import { useAuthForm } from "@/components/auth/use-auth-form";
import { authMessages } from "@/lib/messages/auth";
import { Link } from "@/components/ui/link";

export default function ForgottenPassword() {
  const [email, setEmail] = useState("");
  const [sent, setSent] = useState(false);
  const form = useAuthForm(() => ({ email: email.trim() ? null : authMessages.emailMissing }));

  return (
    <AuthFrame title={authMessages.forgottenTitle} lead={authMessages.forgottenText}>
      {sent ? (
        <p role="status" className="rounded-xl bg-good-soft p-4 text-good">
          {authMessages.sent(email)}
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
          <Submit form={form}>{authMessages.send}</Submit>
        </form>
      )}
      <Link className="link text-sm" href="/sign-in/">
        {authMessages.back}
      </Link>
    </AuthFrame>
  );
}
