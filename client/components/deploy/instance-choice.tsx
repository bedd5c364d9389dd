import { CircleAlert } from "lucide-react";
import { coresOfQuota, type InstanceType } from "@/lib/api/instance-types";
import { classes } from "@/lib/class-names";
import { retirement } from "@/lib/estimate";
import { HOURS_A_MONTH, money, plain } from "@/lib/format";
import { messages } from "@/lib/messages";
import { deployMessages } from "@/lib/messages/deploy";

interface InstanceChoiceProps {
  types: InstanceType[];
  chosen: string;
  count: number;
  error?: string;
  onChoose: (name: string) => void;
}

/** The sizes on offer: cores, memory, price, and whether the workspace has room for so many now. */
export function InstanceChoice({ types, chosen, count, error, onChoose }: InstanceChoiceProps) {
  return (
    <fieldset className="min-w-0" aria-describedby={error ? "instance-error" : undefined}>
      <legend className="mb-1.5 text-sm font-medium">{deployMessages.instance}</legend>
      <div className="divide-y overflow-hidden rounded-xl border border-control">
        {types.map((type) => (
          <label
            key={type.name}
            className={classes(
              "grid cursor-pointer grid-cols-[1rem_1fr_auto] items-center gap-x-3 gap-y-0.5 px-3.5 py-2.5 text-sm sm:grid-cols-[1rem_1fr_auto_11.5rem] has-focus-visible:outline-2 has-focus-visible:-outline-offset-2 has-focus-visible:outline-accent",
              chosen === type.name ? "bg-accent-soft" : "bg-surface hover:bg-raised",
            )}
          >
            <input type="radio" name="instance_type" value={type.name} checked={chosen === type.name} onChange={() => onChoose(type.name)} className="size-4 accent-(--accent)" />
            <span className="font-medium">{type.name}</span>
            <span className="whitespace-nowrap text-quiet tabular-nums">
              {deployMessages.cores(type.cores)} · {deployMessages.memory(plain(type.memory_gb))}
            </span>
            <span className="col-start-2 -col-end-1 whitespace-nowrap tabular-nums sm:col-start-4 sm:text-right">
              {type.usd_per_hour == null
                ? messages.deployments.priceUnknown
                : `${deployMessages.hour(money(type.usd_per_hour))} · ${deployMessages.month(money(type.usd_per_hour * HOURS_A_MONTH))}`}
            </span>
            <Room type={type} count={count} />
            {chosen === type.name && type.retires_on && <span className="col-start-2 -col-end-1 text-[0.8125rem] text-warn">{retirement(type)}</span>}
          </label>
        ))}
      </div>
      {error && (
        <p id="instance-error" className="mt-1.5 flex gap-1.5 text-[0.8125rem] text-bad">
          <CircleAlert className="mt-0.5 size-4 shrink-0" aria-hidden />
          <span>{error}</span>
        </p>
      )}
    </fieldset>
  );
}

function Room({ type, count }: { type: InstanceType; count: number }) {
  const left = type.quota?.left;
  const needed = coresOfQuota(type, count);
  const [look, text] =
    left == null
      ? ["text-quiet", deployMessages.roomUnknown]
      : needed <= left
        ? ["text-good", deployMessages.fits]
        : ["text-warn", deployMessages.noRoom(left, needed)];
  return <span className={classes("col-start-2 -col-end-1 text-[0.8125rem]", look)}>{text}</span>;
}
