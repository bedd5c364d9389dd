"use client";

import { useRouter } from "next/navigation";
import { useEffect, type ReactNode } from "react";
import { AppSidebar } from "@/components/app-sidebar";
import { useSession } from "@/components/session";
import { signInPath } from "@/lib/auth/next";
import { messages } from "@/lib/messages";

/** The frame of all pages for people who are signed in; others go to sign in and come back. */
export default function DashboardLayout({ children }: { children: ReactNode }) {
  const { user } = useSession();
  const router = useRouter();
  useEffect(() => {
    if (user === null) router.replace(signInPath(location.pathname + location.search));
  }, [user, router]);

  return (
    <div className="flex min-h-dvh flex-col md:flex-row">
      <a href="#content" className="sr-only z-50 rounded-lg bg-surface px-4 py-2 focus:not-sr-only focus:absolute focus:top-3 focus:left-3">
        {messages.skip}
      </a>
      <AppSidebar />
      <main id="content" tabIndex={-1} className="min-w-0 flex-1 px-4 py-6 outline-none sm:px-8 sm:py-8">
        <div className="mx-auto max-w-6xl">{user ? children : <p role="status" className="sr-only">{messages.loading}</p>}</div>
      </main>
    </div>
  );
}
