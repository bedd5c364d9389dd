"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { Play } from "lucide-react";
import { useState } from "react";
import type { DeploymentDetail } from "@/lib/api/deployments";
import { score } from "@/lib/api/endpoints";
import { BadCsv, rowsOfCsv } from "@/lib/csv";
import { scoreMessages } from "@/lib/messages/deployment";
import { servingQueries } from "@/lib/queries/serving";
import { meant, typed, wrongCell, type Signature, type TypedRow } from "@/lib/signature";
import { classes } from "@/lib/class-names";
import { Button } from "../ui/button";
import { Field, inputClasses } from "../ui/field";
import { Notice } from "../ui/notice";
import { Skeletons } from "../ui/states";
import { Answer } from "./answer";
import { CodeOfCall } from "./code-of-call";
import { RowsForm } from "./rows-form";

const text = scoreMessages;
type Mode = "form" | "json" | "csv";

/** Asks the live endpoint: a form from the model's signature, JSON, or rows of a CSV. */
export function TryIt({ detail }: { detail: DeploymentDetail }) {
  const active = detail.status === "active";
  const signature = useQuery({ ...servingQueries.signature(detail.id), enabled: active });
  if (!active) return <p className="text-quiet">{text.notActive}</p>;
  if (signature.isPending) return <Skeletons count={1} className="h-64" />;
  return <Playground key={detail.id} detail={detail} signature={signature.data ?? null} />;
}

function Playground({ detail, signature }: { detail: DeploymentDetail; signature: Signature | null }) {
  const first = signature ? [typed(signature.example, signature.columns)] : [];
  const [mode, setMode] = useState<Mode>(signature ? "form" : "json");
  const [rows, setRows] = useState<TypedRow[]>(first);
  const [json, setJson] = useState(() => pretty({ data: signature ? [signature.example] : [{}] }));
  const [csv, setCsv] = useState("");
  const [wrong, setWrong] = useState<string | null>(null);
  const ask = useMutation({ mutationFn: (body: string) => score(detail.id, body) });
  const body = bodyOf();
  const modes: [Mode, string][] = signature ? [["form", text.form], ["json", text.json], ["csv", text.csv]] : [["json", text.json], ["csv", text.csv]];

  function bodyOf(): string | Error {
    try {
      if (mode === "form" && signature) return pretty({ data: rows.map((row) => meant(row, signature.columns)) });
      if (mode === "csv") return pretty({ data: rowsOfCsv(csv, signature?.columns ?? []) });
      JSON.parse(json);
      return json;
    } catch (thrown) {
      return thrown instanceof BadCsv ? thrown : new Error(text.badJson(thrown instanceof Error ? thrown.message : ""));
    }
  }

  function choose(next: Mode) {
    // The JSON beside the form is the form's, until it is changed by hand.
    if (next === "json" && typeof body === "string") setJson(body);
    setWrong(null);
    setMode(next);
  }

  function send() {
    const unfit = mode === "form" && signature && rows.some((row) => signature.columns.some((column) => wrongCell(row[column.name] ?? "", column)));
    setWrong(body instanceof Error ? body.message : null);
    if (typeof body === "string" && !unfit) ask.mutate(body);
  }

  return (
    <div className="grid gap-6 lg:grid-cols-2">
      <section className="min-w-0 space-y-4" aria-label={text.lead}>
        <div className="flex flex-wrap items-center justify-between gap-3">
          <p className="text-sm text-quiet">{text.lead}</p>
          <fieldset className="flex rounded-lg border bg-surface p-0.5">
            <legend className="sr-only">{text.jsonLabel}</legend>
            {modes.map(([value, label]) => (
              <label
                key={value}
                className={classes(
                  "flex h-8 cursor-pointer items-center rounded-md px-3 text-sm font-medium has-focus-visible:outline-2 has-focus-visible:outline-accent",
                  mode === value ? "bg-accent-soft text-accent" : "text-quiet hover:text-ink",
                )}
              >
                <input type="radio" name="mode" className="sr-only" checked={mode === value} onChange={() => choose(value)} />
                {label}
              </label>
            ))}
          </fieldset>
        </div>
        {!signature && <p className="text-sm text-quiet">{text.noSignature}</p>}
        {mode === "form" && signature && <RowsForm signature={signature} rows={rows} onChange={setRows} />}
        {mode === "json" && (
          <Field label={text.jsonLabel} error={wrong}>
            {(ids) => <textarea {...ids} rows={14} spellCheck={false} value={json} onChange={(event) => setJson(event.target.value)} className={classes(inputClasses, "py-2 font-mono text-[0.8125rem]")} />}
          </Field>
        )}
        {mode === "csv" && (
          <Field label={text.csvLabel} hint={text.csvHint} error={wrong}>
            {(ids) => (
              <textarea
                {...ids}
                rows={10}
                spellCheck={false}
                value={csv}
                placeholder={signature?.columns.map((column) => column.name).join(",")}
                onChange={(event) => setCsv(event.target.value)}
                className={classes(inputClasses, "py-2 font-mono text-[0.8125rem]")}
              />
            )}
          </Field>
        )}
        <Button look="primary" onClick={send} busy={ask.isPending}>
          {!ask.isPending && <Play aria-hidden />}
          {ask.isPending ? text.sending : text.send}
        </Button>
        {ask.error && <Notice error={ask.error} />}
        {ask.data && <Answer prediction={ask.data} />}
      </section>
      {detail.scoring_uri && <CodeOfCall uri={detail.scoring_uri} body={typeof body === "string" ? body : json} />}
    </div>
  );
}

const pretty = (value: unknown) => JSON.stringify(value, null, 2);
