"use client";

import { rollBack, type Endpoint, type Revision } from "@/lib/api/endpoints";
import { endpointMessages } from "@/lib/messages/endpoints";
import { money } from "@/lib/format";
import { carrying } from "@/lib/traffic";
import { Confirm } from "../ui/dialog";

const text = endpointMessages.rollBack;

interface RollBackDialogProps {
  endpoint: Endpoint;
  to: Revision;
  /** Of `to`, all its instances, an hour; null where it is not known. */
  price: number | null;
  onClose: () => void;
  onBegun: (operation: string) => void;
}

/** Says to which revision, whether at once or woken first, and what becomes of the present one. */
export function RollBackDialog({ endpoint, to, price, onClose, onBegun }: RollBackDialogProps) {
  const present = carrying(endpoint.traffic)
    .map(([name]) => name)
    .filter((name) => name !== to.deployment_name);
  const asleep = to.status === "asleep";
  return (
    <Confirm
      open
      look="primary"
      title={text.title(to.revision)}
      action={text.confirm}
      onClose={onClose}
      onConfirm={async () => onBegun(await rollBack(endpoint.name, to.revision))}
    >
      <p className="font-medium text-ink">{text.to(to.deployment_name, to.model_name ?? endpointMessages.revision.modelRemoved)}</p>
      <p>{asleep ? text.woken : text.atOnce}</p>
      {asleep && price !== null && <p>{text.price(money(price))}</p>}
      {present.length > 0 && <p>{text.present(present.join(", "))}</p>}
      {carrying(endpoint.mirror).length > 0 && <p>{text.mirrorEnds}</p>}
      <p>{text.undo}</p>
    </Confirm>
  );
}
