"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { AuthFrame } from "@/components/auth/frame";
import { PasswordField } from "@/components/auth/password-field";
import { Submit } from "@/components/auth/submit";
import { useAuthForm } from "@/components/auth/use-auth-form";
import { useSession } from "@/components/session";
import { Link } from "@/components/ui/link";
import { Notice } from "@/components/ui/notice";
import { toast } from "@/components/ui/toast";
import { authMessages } from "@/lib/messages/auth";
import { Problem } from "@/lib/api/problem";

const SHORTEST_PASSWORD = 8;

/** Where the link in the mail leads: it has signed the user in, or it has expired. */
export default function NewPassword() {
  const [password, setPassword] = useState("");
  const { user } = useSession();
  const router = useRouter();
  const form = useAuthForm(() => ({
    password: password.length >= SHORTEST_PASSWORD ? null : authMessages.passwordShort,
  }));

  return (
    <AuthFrame title={authMessages.newPasswordTitle} lead={user?.email} stays>
      {user === null ? (
        <>
          <Notice error={new Problem("link_expired", authMessages.linkExpired, authMessages.linkExpiredFix, 403)} />
          <Link className="link text-sm" href="/forgotten-password/">
            {authMessages.forgottenTitle}
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
                toast(authMessages.saved);
                router.replace("/dashboard/deployments/");
              })
          }
        >
          <PasswordField
            label={authMessages.newPassword}
            autoComplete="new-password"
            hint={authMessages.passwordRule}
            value={password}
            error={form.errors.password}
            onChange={(event) => setPassword(event.target.value)}
          />
          <Submit form={form}>{authMessages.save}</Submit>
        </form>
      )}
    </AuthFrame>
  );
}
