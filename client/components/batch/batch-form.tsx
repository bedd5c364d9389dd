"use client";

import { useQuery } from "@tanstack/react-query";
import { CircleAlert, Rocket, X } from "lucide-react";
import { useRef, type FormEvent } from "react";
import type { BatchDraft, BatchRow, RowErrors } from "@/lib/batch";
import { HOURS_A_MONTH, money, plain } from "@/lib/format";
import { messages } from "@/lib/messages";
import { batchMessages as text } from "@/lib/messages/batch";
import { deployMessages } from "@/lib/messages/deploy";
import { deploymentQueries } from "@/lib/queries/deployments";
import { hourly } from "../deployments/cost";
import { CountField } from "../settings/count-field";
import { Button } from "../ui/button";
import { Choice } from "../ui/choice";
import { TextField } from "../ui/field";
import { Notice } from "../ui/notice";
import { Pair } from "../ui/pair";
import { useBatchForm } from "./use-batch-form";

interface BatchFormProps {
  draft: BatchDraft;
  change: (next: (before: BatchDraft) => BatchDraft) => void;
  onBegun: (batchId: string) => void;
  onClose: () => void;
}

/** A name for each model, one size for all of them, and what is refused at the row that it concerns. */
export function BatchForm({ draft, change, onBegun, onClose }: BatchFormProps) {
  const form = useBatchForm({ draft, change, onBegun });
  const types = useQuery(deploymentQueries.instanceTypes());
  const element = useRef<HTMLFormElement>(null);
  const set = (fields: Partial<BatchDraft>) => change((before) => ({ ...before, ...fields }));
  const { rows, errors, problem, busy } = form;
  const price = hourly(draft, types.data);

  function submit(event: FormEvent) {
    event.preventDefault();
    if (form.submit()) requestAnimationFrame(() => element.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus());
  }

  if (draft.rows.length === 0) return <p className="p-5 text-quiet">{text.empty}</p>;
  const offered = types.data ?? [];
  const options = Object.fromEntries(offered.map((type) => [type.name, `${type.name} · ${deployMessages.cores(type.cores)} · ${deployMessages.memory(plain(type.memory_gb))}${type.usd_per_hour == null ? "" : ` · ${deployMessages.hour(money(type.usd_per_hour))}`}`]));
  return (
    <form ref={element} noValidate onSubmit={submit} className="flex min-h-0 flex-col">
      <div className="space-y-5 overflow-y-auto p-5">
        <ul className="space-y-3">
          {draft.rows.map((row, at) => (
            <li key={row.model_id}>
              <Row
                row={row}
                errors={rows[at] ?? {}}
                onChange={(fields) => set({ rows: draft.rows.map((each) => (each === row ? { ...each, ...fields } : each)) })}
                onLeaveOut={() => set({ rows: draft.rows.filter((each) => each !== row) })}
              />
            </li>
          ))}
        </ul>
        <Choice label={text.type} value={draft.instance_type} options={{ [draft.instance_type]: draft.instance_type, ...options }} onChange={(instance_type) => set({ instance_type })} />
        {types.error && <Notice error={types.error} again={() => void types.refetch()} busy={types.isFetching} />}
        <CountField count={draft.instance_count} error={errors.instance_count} onChange={(instance_count) => set({ instance_count })} />
        <Pair>
          <TextField label={text.atOnce} optional hint={text.atOnceHint} error={errors.at_once} value={draft.at_once} inputMode="numeric" autoComplete="off" onChange={(event) => set({ at_once: event.target.value })} />
          <Choice label={text.onFailure} value={draft.on_failure} options={text.failure} onChange={(on_failure) => set({ on_failure })} />
        </Pair>
        <p className="rounded-xl bg-raised px-4 py-3 text-sm text-quiet" aria-live="polite">
          {price === null || Number.isNaN(price) ? deployMessages.totalUnknown : deployMessages.totalLine(money(price * draft.rows.length), money(price * draft.rows.length * HOURS_A_MONTH))}
        </p>
        {problem && (
          <Notice
            error={problem}
            title={problem.passes ? text.lost : form.isRefused ? text.refusedTitle : undefined}
            again={problem.passes ? () => void form.submit() : undefined}
            busy={busy}
          />
        )}
      </div>
      <footer className="flex flex-wrap justify-end gap-2 border-t px-5 py-4">
        <Button onClick={onClose}>{messages.cancel}</Button>
        <Button look="primary" type="submit" busy={busy}>
          {!busy && <Rocket aria-hidden />}
          {busy ? text.submitting : text.submit(draft.rows.length)}
        </Button>
      </footer>
    </form>
  );
}

interface RowProps {
  row: BatchRow;
  errors: RowErrors;
  onChange: (fields: Partial<BatchRow>) => void;
  onLeaveOut: () => void;
}

function Row({ row, errors, onChange, onLeaveOut }: RowProps) {
  const { model_name: model } = row;
  return (
    <section aria-label={model} className="rounded-xl border p-4">
      <div className="mb-3 flex items-start justify-between gap-3">
        <h3 className="min-w-0 font-medium [overflow-wrap:anywhere]">{model}</h3>
        <Button look="quiet" size="icon" className="-my-1.5 -mr-1.5" aria-label={text.leaveOut(model)} title={text.leaveOut(model)} onClick={onLeaveOut}>
          <X aria-hidden />
        </Button>
      </div>
      <Pair>
        <TextField label={deployMessages.name} aria-label={text.nameOf(model)} error={errors.deployment_name} value={row.deployment_name} autoComplete="off" spellCheck={false} onChange={(event) => onChange({ deployment_name: event.target.value })} />
        <TextField label={deployMessages.endpoint} aria-label={text.endpointOf(model)} optional error={errors.endpoint_name} value={row.endpoint_name} autoComplete="off" spellCheck={false} onChange={(event) => onChange({ endpoint_name: event.target.value })} />
      </Pair>
      {errors.row && (
        <p role="alert" className="mt-3 flex gap-1.5 text-[0.8125rem] text-bad">
          <CircleAlert className="mt-0.5 size-4 shrink-0" aria-hidden />
          <span className="min-w-0 break-words">{errors.row}</span>
        </p>
      )}
    </section>
  );
}
