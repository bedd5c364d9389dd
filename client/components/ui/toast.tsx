"use client";

import { CircleCheck, CircleAlert, X } from "lucide-react";
import { useSyncExternalStore } from "react";
import { messages } from "@/lib/messages";

interface Toast {
  id: number;
  text: string;
  bad: boolean;
}

const SHOWN_MS = 6_000;
let shown: Toast[] = [];
let last = 0;
const listeners = new Set<() => void>();

/** Say something for a few seconds, at the lower edge of the page. */
export function toast(text: string, bad = false): void {
  const id = ++last;
  change([...shown.slice(-2), { id, text, bad }]);
  setTimeout(() => dismiss(id), SHOWN_MS);
}

const dismiss = (id: number) => change(shown.filter((each) => each.id !== id));

function change(next: Toast[]): void {
  shown = next;
  listeners.forEach((listener) => listener());
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const none: Toast[] = [];

export function Toaster() {
  const toasts = useSyncExternalStore(subscribe, () => shown, () => none);
  return (
    <div role="status" className="pointer-events-none fixed inset-x-4 bottom-4 z-60 flex flex-col items-center gap-2 sm:items-end">
      {toasts.map((each) => (
        <div
          key={each.id}
          className="pointer-events-auto flex max-w-md items-start gap-2.5 rounded-xl border bg-surface py-2.5 pr-2 pl-3.5 text-sm shadow-lg"
        >
          {each.bad ? (
            <CircleAlert className="mt-0.5 size-4 shrink-0 text-bad" aria-hidden />
          ) : (
            <CircleCheck className="mt-0.5 size-4 shrink-0 text-good" aria-hidden />
          )}
          <span className="min-w-0 break-words">{each.text}</span>
          <button
            type="button"
            aria-label={messages.close}
            onClick={() => dismiss(each.id)}
            className="-my-0.5 rounded-md p-1 text-quiet hover:bg-raised hover:text-ink"
          >
            <X className="size-4" aria-hidden />
          </button>
        </div>
      ))}
    </div>
  );
}
