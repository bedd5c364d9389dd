"use client";

import { useRouter } from "next/navigation";
import { useEffect, type ReactNode } from "react";
import { nextPath } from "@/lib/auth/next";
import { messages } from "@/lib/messages";
import { Logo } from "../logo";
import { useSession } from "../session";

/** The page around a sign-in form; who is signed in already goes on. */
export function AuthFrame({ title, lead, stays, children }: { title: string; lead?: string; stays?: boolean; children: ReactNode }) {
  const { user } = useSession();
  const router = useRouter();
  useEffect(() => {
    if (user && !stays) router.replace(nextPath(location.search));
  }, [user, stays, router]);

  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-md flex-col justify-center gap-6 px-4 py-10">
      <Logo />
      <div className="space-y-5 rounded-2xl border bg-surface p-6 shadow-xs">
        <div>
          <h1 className="text-xl font-semibold tracking-tight">{title}</h1>
          <p className="text-quiet">{lead ?? messages.tagline}</p>
        </div>
        {children}
      </div>
    </main>
  );
}
