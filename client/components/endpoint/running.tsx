"use client";

import { LoaderCircle } from "lucide-react";
import type { Operation } from "@/lib/api/endpoints";
import { Problem } from "@/lib/api/problem";
import { endpointMessages } from "@/lib/messages/endpoints";
import { phaseName } from "../deployment/timeline";
import { Button } from "../ui/button";
import { Notice } from "../ui/notice";

const text = endpointMessages.operation;

/** What is being done to the endpoint now, phase by phase, or why it did not work. */
export function Running({ operation, onDismiss }: { operation: Operation; onDismiss: () => void }) {
  if (operation.error) {
    const { code, message, fix } = operation.error;
    return (
      <div className="space-y-2">
        <Notice title={text.failed} error={new Problem(code, message, fix, 409)} />
        <Button size="small" onClick={onDismiss}>
          {text.dismiss}
        </Button>
      </div>
    );
  }
  if (operation.status !== "running") return null;
  const now = operation.phases.findLast((phase) => phase.status !== "succeeded");
  return (
    <div role="status" className="flex gap-3 rounded-xl border border-busy/40 bg-busy-soft p-4 text-sm">
      <LoaderCircle className="mt-0.5 size-5 shrink-0 animate-spin-slow text-busy" aria-hidden />
      <div className="min-w-0">
        <p className="font-semibold">{text.kinds[operation.kind] ?? text.unknown}</p>
        {now && (
          <p className="break-words">
            {phaseName(now.phase)}: {now.message}
          </p>
        )}
      </div>
    </div>
  );
}
