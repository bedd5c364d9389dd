"use client";

import { Check, Copy as CopyIcon } from "lucide-react";
import { useState } from "react";
import { messages } from "@/lib/messages";
import { Button } from "./button";
import { toast } from "./toast";

/** Copies `text`; says so by its icon and to screen readers. */
export function Copy({ text, what }: { text: string; what: string }) {
  const [copied, setCopied] = useState(false);

  async function copy() {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
      setTimeout(() => setCopied(false), 2_000);
    } catch {
      toast(messages.copyFailed, true);
    }
  }

  return (
    <Button look="quiet" size="icon" onClick={() => void copy()} aria-label={messages.copy(what)} title={messages.copy(what)}>
      {copied ? <Check aria-hidden className="text-good" /> : <CopyIcon aria-hidden />}
      <span role="status" className="sr-only">
        {copied ? messages.copied : ""}
      </span>
    </Button>
  );
}
