import { useState } from "react";
import { endpointMessages } from "@/lib/messages/endpoints";
import { isWatched, type ReleaseDraft, type ReleaseErrors } from "@/lib/release";
import { releaseMessages as text } from "@/lib/messages/release";
import { Choice } from "../ui/choice";
import { TextField } from "../ui/field";
import { Pair } from "../ui/pair";

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
      <Choice
        label={text.heading}
        hint={text.hints[draft.strategy] + (isFirst && watched ? ` ${text.first}` : "")}
        value={draft.strategy}
        options={endpointMessages.release.strategies}
        onChange={(strategy) => onChange({ strategy })}
      />
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
