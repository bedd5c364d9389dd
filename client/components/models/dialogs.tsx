"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { removeModel, renameModel, type Model } from "@/lib/api/models";
import { messages } from "@/lib/messages";
import { modelMessages } from "@/lib/messages/models";
import { removeMessages } from "@/lib/messages/remove";
import { renew } from "@/lib/queries/renew";
import { Button } from "../ui/button";
import { Confirm, Dialog } from "../ui/dialog";
import { TextField } from "../ui/field";
import { Notice } from "../ui/notice";
import { toast } from "../ui/toast";

const LONGEST_NAME = 200;

interface ModelDialogProps {
  model: Model;
  onClose: () => void;
}

export function RenameDialog({ model, onClose }: ModelDialogProps) {
  const client = useQueryClient();
  const [name, setName] = useState(model.model_name);
  const [wrong, setWrong] = useState<string | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);

  async function submit(event: FormEvent) {
    event.preventDefault();
    const wanted = name.trim();
    const problem = !wanted ? modelMessages.nameMissing : wanted.length > LONGEST_NAME ? modelMessages.nameLong : null;
    setWrong(problem);
    if (problem || busy) return;
    setBusy(true);
    setError(null);
    try {
      await renameModel(model.id, wanted);
      toast(modelMessages.renamed(wanted));
      await renew(client, ["models"]);
      onClose();
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(false);
    }
  }

  return (
    <Dialog open onClose={onClose} title={modelMessages.renameTitle}>
      <form noValidate onSubmit={(event) => void submit(event)}>
        <div className="space-y-4 p-5">
          <TextField label={modelMessages.name} value={name} error={wrong} onChange={(event) => setName(event.target.value)} />
          {error !== null && <Notice error={error} />}
        </div>
        <footer className="flex justify-end gap-2 border-t px-5 py-4">
          <Button onClick={onClose}>{messages.cancel}</Button>
          <Button look="primary" type="submit" busy={busy}>
            {modelMessages.save}
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}

export function RemoveDialog({ model, onClose }: ModelDialogProps) {
  const client = useQueryClient();

  async function remove() {
    await removeModel(model.id);
    toast(modelMessages.removed(model.model_name));
    await renew(client, ["models"]);
  }

  return (
    <Confirm open title={modelMessages.removeTitle(model.model_name)} action={modelMessages.removeConfirm} onClose={onClose} onConfirm={remove}>
      <p>{modelMessages.removeText}</p>
      <p>{removeMessages.forGood}</p>
    </Confirm>
  );
}
