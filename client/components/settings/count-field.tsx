import { Minus, Plus } from "lucide-react";
import { classes } from "@/lib/class-names";
import { settingsMessages } from "@/lib/messages/settings";
import { MOST_INSTANCES } from "@/lib/scale";
import { Button } from "../ui/button";
import { Field, inputClasses } from "../ui/field";

const text = settingsMessages.scale;

/** A number of instances, typed or stepped. */
export function CountField({ count, error, onChange }: { count: number; error?: string; onChange: (count: number) => void }) {
  return (
    <Field label={text.count} hint={text.countHint} error={error}>
      {(ids) => (
        <div className="flex gap-1.5">
          <Button size="icon" className="size-10" aria-label={text.fewer} disabled={count <= 1} onClick={() => onChange(count - 1)}>
            <Minus aria-hidden />
          </Button>
          <input
            {...ids}
            type="number"
            inputMode="numeric"
            min={1}
            max={MOST_INSTANCES}
            value={Number.isNaN(count) ? "" : count}
            onChange={(event) => onChange(event.target.valueAsNumber)}
            className={classes(inputClasses, "plain-number h-10 w-20! text-center tabular-nums")}
          />
          <Button size="icon" className="size-10" aria-label={text.moreInstances} disabled={count >= MOST_INSTANCES} onClick={() => onChange(count + 1)}>
            <Plus aria-hidden />
          </Button>
        </div>
      )}
    </Field>
  );
}
