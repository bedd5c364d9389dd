"use client";

import { X } from "lucide-react";
import { AlertDialog as RadixAlert, Dialog as Radix } from "radix-ui";
import { useState, type ReactNode } from "react";
import { classes } from "@/lib/class-names";
import { messages } from "@/lib/messages";
import { Button } from "./button";
import { Notice } from "./notice";

const overlay = "fixed inset-0 z-40 bg-black/50";
const panel =
  "fixed inset-x-0 bottom-0 z-50 mx-auto flex max-h-[94dvh] w-full flex-col overflow-hidden rounded-t-2xl border " +
  "bg-surface shadow-2xl outline-none sm:top-1/2 sm:bottom-auto sm:-translate-y-1/2 sm:rounded-2xl";

interface DialogProps {
  open: boolean;
  onClose: () => void;
  title: string;
  description?: string;
  children: ReactNode;
  wide?: boolean;
}

/** A window over the page: a sheet from below on a phone. */
export function Dialog({ open, onClose, title, description, children, wide }: DialogProps) {
  return (
    <Radix.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className={overlay} />
        <Radix.Content
          className={classes(panel, wide ? "sm:max-w-2xl" : "sm:max-w-md")}
          {...(description ? {} : { "aria-describedby": undefined })}
        >
          <header className="flex items-start gap-4 border-b px-5 py-4">
            <div className="min-w-0 flex-1">
              <Radix.Title className="text-lg font-semibold break-words">{title}</Radix.Title>
              {description && <Radix.Description className="text-sm text-quiet">{description}</Radix.Description>}
            </div>
            <Radix.Close className="-mr-1.5 rounded-lg p-1.5 text-quiet hover:bg-raised hover:text-ink" aria-label={messages.close}>
              <X className="size-5" aria-hidden />
            </Radix.Close>
          </header>
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

interface ConfirmProps {
  open: boolean;
  onClose: () => void;
  title: string;
  children: ReactNode;
  action: string;
  /** `danger`, unless what is asked can be undone. */
  look?: "danger" | "primary";
  /** Closes the window when it succeeds; what it throws is shown there. */
  onConfirm: () => Promise<unknown>;
}

/** Asks before something that has consequences. */
export function Confirm({ open, onClose, title, children, action, look = "danger", onConfirm }: ConfirmProps) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);

  async function confirm() {
    setBusy(true);
    setError(null);
    try {
      await onConfirm();
      onClose();
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(false);
    }
  }

  function close() {
    setError(null);
    onClose();
  }

  return (
    <RadixAlert.Root open={open} onOpenChange={(next) => !next && !busy && close()}>
      <RadixAlert.Portal>
        <RadixAlert.Overlay className={overlay} />
        <RadixAlert.Content className={classes(panel, "sm:max-w-md")}>
          <div className="space-y-3 overflow-y-auto p-5">
            <RadixAlert.Title className="text-lg font-semibold break-words">{title}</RadixAlert.Title>
            <RadixAlert.Description asChild>
              <div className="space-y-2 text-sm break-words text-quiet">{children}</div>
            </RadixAlert.Description>
            {error !== null && <Notice error={error} />}
          </div>
          <footer className="flex flex-wrap justify-end gap-2 border-t px-5 py-4">
            <RadixAlert.Cancel asChild>
              <Button disabled={busy}>{messages.cancel}</Button>
            </RadixAlert.Cancel>
            <Button look={look} busy={busy} onClick={() => void confirm()}>
              {action}
            </Button>
          </footer>
        </RadixAlert.Content>
      </RadixAlert.Portal>
    </RadixAlert.Root>
  );
}
