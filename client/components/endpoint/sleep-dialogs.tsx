"use client";

import { useQueryClient } from "@tanstack/react-query";
import { sleepDeployment, wakeDeployment } from "@/lib/api/endpoints";
import { endpointMessages } from "@/lib/messages/endpoints";
import { HOURS_A_MONTH, money } from "@/lib/format";
import { renew } from "@/lib/queries/renew";
import { Confirm } from "../ui/dialog";
import { toast } from "../ui/toast";

interface DialogProps {
  id: string;
  name: string;
  /** All its instances, an hour; null where the price is not known. */
  price: number | null;
  onClose: () => void;
  onBegun?: (operation: string) => void;
}

/** Its share of the live requests; null where that is not known. */
interface SleepProps extends DialogProps {
  traffic: number | null;
}

/** Says what goes, what stays, who serves then and what that saves. */
export function SleepDialog({ id, name, price, traffic, onClose, onBegun }: SleepProps) {
  const text = endpointMessages.sleep;
  const refresh = useRefresh();
  return (
    <Confirm
      open
      look="primary"
      title={text.title(name)}
      action={text.confirm}
      onClose={onClose}
      onConfirm={async () => {
        const operation = await sleepDeployment(id);
        onBegun?.(operation);
        toast(text.done(name));
        await refresh();
      }}
    >
      <p>{text.text(name)}</p>
      {traffic === 100 && <p className="font-medium text-warn">{text.only}</p>}
      {traffic !== null && traffic > 0 && traffic < 100 && <p>{text.others(traffic)}</p>}
      {price !== null && <p className="font-medium text-ink">{text.saves(money(price), money(price * HOURS_A_MONTH))}</p>}
    </Confirm>
  );
}

/** Says what waking takes and costs. */
export function WakeDialog({ id, name, price, onClose, onBegun }: DialogProps) {
  const text = endpointMessages.wake;
  const refresh = useRefresh();
  return (
    <Confirm
      open
      look="primary"
      title={text.title(name)}
      action={text.confirm}
      onClose={onClose}
      onConfirm={async () => {
        const operation = await wakeDeployment(id);
        onBegun?.(operation);
        toast(text.done(name));
        await refresh();
      }}
    >
      <p>{text.text}</p>
      <p>{text.traffic}</p>
      {price !== null && <p className="font-medium text-ink">{text.costs(money(price), money(price * HOURS_A_MONTH))}</p>}
    </Confirm>
  );
}

function useRefresh() {
  const client = useQueryClient();
  return () => renew(client, ["deployments"], ["endpoints"]);
}
