"use client";

import { batchMessages as text } from "@/lib/messages/batch";
import { Dialog } from "../ui/dialog";
import { BatchForm } from "./batch-form";
import { BatchProgress } from "./batch-progress";
import type { useBatch } from "./use-batch";

/** As the address has it: a batch to be made, or the one that is followed. */
export const NEW_BATCH = "new";

interface BatchDialogProps extends ReturnType<typeof useBatch> {
  /** `new`, or the id of the batch to follow. */
  batch: string;
  onBegun: (batchId: string) => void;
  onClose: () => void;
}

/** Several models become deployments together: names, one size for all, then how far each is. */
export function BatchDialog({ batch, draft, change, onBegun, onClose }: BatchDialogProps) {
  const isNew = batch === NEW_BATCH;
  return (
    <Dialog open wide onClose={onClose} title={isNew ? text.title(draft.rows.length) : text.progress} description={isNew ? text.lead : text.progressLead}>
      {isNew ? <BatchForm draft={draft} change={change} onBegun={onBegun} onClose={onClose} /> : <BatchProgress id={batch} onClose={onClose} />}
    </Dialog>
  );
}
