"use client";

import Link from "next/link";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { AuthFrame } from "@/components/auth/frame";
import { PasswordField } from "@/components/auth/password-field";
import { Submit } from "@/components/auth/submit";
import { useAuthForm } from "@/components/auth/use-auth-form";
import { useSession } from "@/components/session";
import { Notice } from "@/components/ui/notice";
import { toast } from "@/components/ui/toast";
import { messages } from "@/lib/messages";
import { Problem } from "@/lib/api/problem";

const SHORTEST_PASSWORD = 8;

/** Where the link in the mail leads: it has signed the user in, or it has expired. */
export default function NewPassword() {
  const [password, setPassword] = useState("");
  const { user } = useSession();
  const router = useRouter();
  const form = useAuthForm(() => ({
    password: password.length >= SHORTEST_PASSWORD ? null : messages.auth.passwordShort,
  }));

  return (
    <AuthFrame title={messages.auth.newPasswordTitle} lead={user?.email} stays>
      {user === null ? (
        <>
          <Notice error={new Problem("link_expired", messages.auth.linkExpired, messages.auth.linkExpiredFix, 403)} />
          <Link className="link text-sm" href="/forgotten-password/">
            {messages.auth.forgottenTitle}
          </Link>
        </>
      ) : (
        <form
          noValidate
          className="space-y-4"
          onSubmit={(event) =>
            void form
              .submit(event, (client) => client.updateUser({ password }))
              .then((done) => {
                if (!done) return;
                toast(messages.auth.saved);
                router.replace("/dashboard/deployments/");
              })
          }
        >
          <PasswordField
            label={messages.auth.newPassword}
            autoComplete="new-password"
            hint={messages.auth.passwordRule}
            value={password}
            error={form.errors.password}
            onChange={(event) => setPassword(event.target.value)}
          />
          <Submit form={form}>{messages.auth.save}</Submit>
        </form>
      )}
    </AuthFrame>
  );
}
