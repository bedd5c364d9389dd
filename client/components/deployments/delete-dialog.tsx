"use client";

import { useQueryClient } from "@tanstack/react-query";
import { deleteDeployment, type Deployment } from "@/lib/api/deployments";
import type { InstanceType } from "@/lib/api/instance-types";
import { Problem } from "@/lib/api/problem";
import { HOURS_A_MONTH, money } from "@/lib/format";
import { removeMessages } from "@/lib/messages/remove";
import { renew } from "@/lib/queries/renew";
import { Confirm } from "../ui/dialog";
import { toast } from "../ui/toast";
import { hourly, isBilled } from "./cost";

interface DeleteDialogProps {
  /** null: closed. */
  deployment: Deployment | null;
  types: InstanceType[] | undefined;
  onClose: () => void;
  onDeleted?: () => void;
}

/** Says what will be removed and what that saves, then removes it. */
export function DeleteDialog({ deployment, types, onClose, onDeleted }: DeleteDialogProps) {
  const client = useQueryClient();
  if (!deployment) return null;
  const { deployment_name: name, endpoint_name: endpoint, status } = deployment;
  const price = hourly(deployment, types);

  async function remove(id: string) {
    try {
      await deleteDeployment(id);
    } catch (thrown) {
      // Gone already, from another tab or by a request whose answer was lost: that is what was wanted.
      if (!(thrown instanceof Problem && thrown.status === 404)) throw thrown;
    }
    toast(removeMessages.done(name));
    onDeleted?.();
    await renew(client, ["deployments"]);
  }

  return (
    <Confirm open title={removeMessages.title(name)} action={removeMessages.confirm} onClose={onClose} onConfirm={() => remove(deployment.id)}>
      <p>
        {status === "active" && removeMessages.active(name, endpoint)}
        {status === "deploying" && removeMessages.deploying(name)}
        {status === "asleep" && removeMessages.asleep(name)}
        {status === "failed" && removeMessages.failed(name)}
      </p>
      {isBilled(deployment) && price !== null && (
        <p className="font-medium text-ink">{removeMessages.saves(money(price), money(price * HOURS_A_MONTH))}</p>
      )}
      {!isBilled(deployment) && <p>{removeMessages.costs}</p>}
      <p>{removeMessages.forGood}</p>
    </Confirm>
  );
}
