import { settingsMessages } from "@/lib/messages/settings";
import type { ScaleDraft, ScaleErrors } from "@/lib/scale";
import { Choice } from "../ui/choice";
import { TextField } from "../ui/field";
import { CountField } from "./count-field";

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
