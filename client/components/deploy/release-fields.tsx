import { useState, type ReactNode } from "react";
import { classes } from "@/lib/class-names";
import { endpointMessages } from "@/lib/messages/endpoints";
import { isWatched, STRATEGIES, type ReleaseDraft, type ReleaseErrors, type Strategy } from "@/lib/release";
import { releaseMessages as text } from "@/lib/messages/release";
import { Field, inputClasses, TextField } from "../ui/field";

interface ReleaseFieldsProps {
  draft: ReleaseDraft;
  errors: ReleaseErrors;
  /** Nothing serves the chosen endpoint yet. */
  isFirst: boolean;
  onChange: (fields: Partial<ReleaseDraft>) => void;
}

const ADVANCED: (keyof ReleaseDraft)[] = ["max_error_percent", "max_p95_ms", "min_requests", "keep_previous_minutes", "expires_in_hours"];

/** How the deployment gets its traffic, what becomes of the one that it replaces, and when it ends. */
export function ReleaseFields({ draft, errors, isFirst, onChange }: ReleaseFieldsProps) {
  const typed = (field: keyof ReleaseDraft, label: string, hint?: string) => (
    <TextField label={label} hint={hint} error={errors[field]} value={draft[field]} inputMode={field === "steps" ? undefined : "decimal"} autoComplete="off" onChange={(event) => onChange({ [field]: event.target.value })} />
  );
  const watched = isWatched(draft.strategy);
  const [isOpen, setOpen] = useState(false);
  const wrong = ADVANCED.some((field) => errors[field]);
  return (
    <div className="space-y-4">
      <Field label={text.heading} hint={text.hints[draft.strategy] + (isFirst && watched ? ` ${text.first}` : "")}>
        {(ids) => (
          <select {...ids} value={draft.strategy} onChange={({ target }) => onChange({ strategy: target.value as Strategy })} className={classes(inputClasses, "h-10")}>
            {STRATEGIES.map((strategy) => (
              <option key={strategy} value={strategy}>
                {endpointMessages.release.strategies[strategy]}
              </option>
            ))}
          </select>
        )}
      </Field>
      {draft.strategy === "canary" && (
        <Pair>
          {typed("steps", text.steps, text.stepsHint)}
          {typed("step_minutes", text.stepMinutes)}
        </Pair>
      )}
      {draft.strategy === "shadow" && (
        <Pair>
          {typed("mirror_percent", text.mirror)}
          {typed("minutes", text.minutes)}
        </Pair>
      )}
      {/* What is wrong is never hidden. */}
      <details
        className="rounded-xl border px-4 py-3"
        open={isOpen || wrong}
        onToggle={({ currentTarget }) => {
          if (wrong) currentTarget.open = true;
          else setOpen(currentTarget.open);
        }}
      >
        <summary className="w-fit text-sm font-medium">{text.advanced}</summary>
        <div className="mt-4 space-y-4">
          {watched && (
            <>
              <Pair>
                {typed("max_error_percent", text.maxErrors, text.maxErrorsHint)}
                {typed("max_p95_ms", text.maxP95, text.maxP95Hint)}
              </Pair>
              <Pair>
                {typed("min_requests", text.minRequests)}
                <Choice label={text.onSilence} value={draft.on_silence} options={text.silence} onChange={(on_silence) => onChange({ on_silence })} />
              </Pair>
              <Choice label={text.onFailure} value={draft.on_failure} options={text.failure} onChange={(on_failure) => onChange({ on_failure })} />
            </>
          )}
          {typed("keep_previous_minutes", text.keepPrevious, text.keepPreviousHint)}
          <Pair>
            {typed("expires_in_hours", text.expires, text.expiresHint)}
            <Choice label={text.onExpiry} value={draft.on_expiry} options={text.expiry} onChange={(on_expiry) => onChange({ on_expiry })} />
          </Pair>
        </div>
      </details>
    </div>
  );
}

const Pair = ({ children }: { children: ReactNode }) => <div className="grid items-start gap-4 sm:grid-cols-2">{children}</div>;

interface ChoiceProps<Value extends string> {
  label: string;
  value: Value;
  options: Record<Value, string>;
  onChange: (value: Value) => void;
}

function Choice<Value extends string>({ label, value, options, onChange }: ChoiceProps<Value>) {
  return (
    <Field label={label}>
      {(ids) => (
        <select {...ids} value={value} onChange={({ target }) => onChange(target.value as Value)} className={classes(inputClasses, "h-10")}>
          {(Object.entries(options) as [Value, string][]).map(([each, words]) => (
            <option key={each} value={each}>
              {words}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
