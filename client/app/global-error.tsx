"use client";

import { messages } from "@/lib/messages";
import "./globals.css";

/** A mistake of ours outside every page, where nothing else can be shown. */
export default function SiteFailed({ error }: { error: Error }) {
  return (
    <html lang="en">
      <body className="min-h-dvh font-sans antialiased">
        <main className="mx-auto flex min-h-dvh max-w-md flex-col items-start justify-center gap-3 px-4">
          <h1 className="text-2xl font-semibold">{messages.problems.crashed}</h1>
          <p className="text-quiet">{messages.problems.crashedFix}</p>
          <p className="font-mono text-xs break-all text-quiet">{error.message}</p>
          <button type="button" className="link underline" onClick={() => location.reload()}>
            {messages.problems.reload}
          </button>
        </main>
      </body>
    </html>
  );
}
