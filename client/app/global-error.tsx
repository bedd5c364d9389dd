"use client";

import { Crashed } from "@/components/crashed";
import "./globals.css";

/** A mistake of ours outside every page, where nothing else can be shown. */
export default function SiteFailed({ error }: { error: Error }) {
  return (
    <html lang="en">
      <body className="min-h-dvh font-sans antialiased">
        <Crashed error={error} height="min-h-dvh" />
      </body>
    </html>
  );
}
