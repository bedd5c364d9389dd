"use client";

import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { messages } from "@/lib/messages";

/** The sidebar over the page, on a phone; loaded when it is opened first. */
export function PhoneMenu({ open, onClose, children }: { open: boolean; onClose: () => void; children: ReactNode }) {
  return (
    <Radix.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-black/50" />
        <Radix.Content
          aria-describedby={undefined}
          className="fixed inset-y-0 left-0 z-50 flex w-72 max-w-[85vw] flex-col bg-surface shadow-2xl outline-none"
        >
          <Radix.Title className="sr-only">{messages.nav.label}</Radix.Title>
          {children}
          <Radix.Close aria-label={messages.close} className="absolute top-4 right-3 rounded-lg p-1.5 text-quiet hover:bg-raised">
            <X className="size-5" aria-hidden />
          </Radix.Close>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
