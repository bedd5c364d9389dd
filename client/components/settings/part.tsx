"use client";

import { useMutation } from "@tanstack/react-query";
import type { FormEvent, ReactNode } from "react";
import { updateDeployment, type DeploymentPatch } from "@/lib/api/deployments";
import type { Operation } from "@/lib/api/endpoints";
import { settingsMessages as text } from "@/lib/messages/settings";
import { Running } from "../endpoint/running";
import { Button } from "../ui/button";
import { Notice } from "../ui/notice";

/** How a part's change is followed; the same for all parts of the page. */
export interface Following {
  /** What runs now, or has failed, if this part has begun it. */
  operation: Operation | undefined;
  /** Some part's change runs: no other can begin. */
  busy: boolean;
  /** The id of the operation; null where the change is made already. */
  onBegun: (operation: string | null) => void;
  onDismiss: () => void;
}

interface PartProps extends Following {
  id: string;
  title: string;
  lead: string;
  save: string;
  /** What is to be changed: empty where nothing is, null while something is wrong. */
  patch: DeploymentPatch | null;
  onUndo: () => void;
  children: ReactNode;
}

/** One part of the settings, saved by itself: its fields, what was refused, what runs. */
export function Part({ id, title, lead, save, patch, operation, busy, onBegun, onUndo, onDismiss, children }: PartProps) {
  const change = useMutation({ mutationFn: (fields: DeploymentPatch) => updateDeployment(id, fields), onSuccess: onBegun });
  const isChanged = patch === null || Object.keys(patch).length > 0;

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (!patch) event.currentTarget.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
    else if (isChanged && !busy && !change.isPending) change.mutate(patch);
  }

  return (
    <section aria-label={title} className="rounded-2xl border bg-surface p-4 shadow-xs sm:p-5">
      <h2 className="font-semibold">{title}</h2>
      <p className="mb-4 text-sm text-quiet">{lead}</p>
      <form noValidate className="space-y-4" onSubmit={submit}>
        {children}
        {change.error && <Notice error={change.error} />}
        {operation && <Running operation={operation} onDismiss={onDismiss} />}
        <div className="flex flex-wrap gap-2">
          <Button look="primary" type="submit" busy={change.isPending || busy} disabled={!isChanged && !busy}>
            {save}
          </Button>
          {isChanged && !busy && (
            <Button
              onClick={() => {
                change.reset();
                onUndo();
              }}
            >
              {text.undo}
            </Button>
          )}
        </div>
      </form>
    </section>
  );
}
