import { Minus, Plus } from "lucide-react";
import { classes } from "@/lib/class-names";
import { settingsMessages } from "@/lib/messages/settings";
import { MOST_INSTANCES, type ScaleDraft, type ScaleErrors } from "@/lib/scale";
import { Button } from "../ui/button";
import { Choice } from "../ui/choice";
import { Field, inputClasses, TextField } from "../ui/field";

const text = settingsMessages.scale;
const HOW = { fixed: text.fixed, auto: text.auto };

interface ScaleFieldsProps {
  draft: ScaleDraft;
  errors: ScaleErrors;
  onChange: (fields: Partial<ScaleDraft>) => void;
}

/** A fixed number of instances, or limits between which the load decides. */
export function ScaleFields({ draft, errors, onChange }: ScaleFieldsProps) {
  const typed = (field: "min" | "max" | "cpu_percent" | "scale_in_cooldown_minutes", label: string, hint?: string) => (
    <TextField label={label} hint={hint} error={errors[field]} value={draft[field]} inputMode="numeric" autoComplete="off" onChange={(event) => onChange({ [field]: event.target.value })} />
  );
  return (
    <div className="space-y-4">
      <Choice label={text.how} value={draft.autoscaled ? "auto" : "fixed"} options={HOW} onChange={(how) => onChange({ autoscaled: how === "auto" })} />
      {!draft.autoscaled && <CountField count={draft.instance_count} error={errors.instance_count} onChange={(instance_count) => onChange({ instance_count })} />}
      {draft.autoscaled && (
        <div className="grid grid-cols-2 items-start gap-4">
          {typed("min", text.min)}
          {typed("max", text.max)}
          {typed("cpu_percent", text.cpu, text.cpuHint)}
          {typed("scale_in_cooldown_minutes", text.cooldown)}
        </div>
      )}
    </div>
  );
}

function CountField({ count, error, onChange }: { count: number; error?: string; onChange: (count: number) => void }) {
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
