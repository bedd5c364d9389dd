"use client";

import { useQuery } from "@tanstack/react-query";
import { Download, Pencil, Rocket, ShieldAlert, ShieldCheck, ShieldQuestion, Trash2 } from "lucide-react";
import { memo, useState, type ReactNode } from "react";
import { downloadModel, type Model, type Scan } from "@/lib/api/models";
import { problemOf } from "@/lib/api/problem";
import { classes } from "@/lib/class-names";
import { bytes, plain } from "@/lib/format";
import { batchMessages } from "@/lib/messages/batch";
import { modelMessages } from "@/lib/messages/models";
import { modelQueries } from "@/lib/queries/models";
import { Button } from "../ui/button";
import { Time } from "../ui/time";
import { toast } from "../ui/toast";

interface ModelCardProps {
  model: Model;
  /** Selected, to be deployed together with others. */
  chosen: boolean;
  /** No more can be selected. */
  full: boolean;
  onChoose: (model: Model) => void;
  onDeploy: (model: Model) => void;
  onRename: (model: Model) => void;
  onRemove: (model: Model) => void;
}

/** One trained model. Deploy is offered once the scan has allowed the file. */
export const ModelCard = memo(function ModelCard({ model, chosen, full, onChoose, onDeploy, onRename, onRemove }: ModelCardProps) {
  const name = model.model_name;
  const asked = useQuery({ ...modelQueries.model(model.id), enabled: !model.scan });
  const scan = model.scan ?? asked.data?.scan ?? null;
  const metrics = metricsOf(model.metadata);
  const [busy, setBusy] = useState(false);

  async function download() {
    setBusy(true);
    try {
      save(await downloadModel(model), model.file_path.split("/").at(-1) ?? name);
    } catch (thrown) {
      toast(`${modelMessages.downloadFailed} ${problemOf(thrown).message}`, true);
    } finally {
      setBusy(false);
    }
  }

  return (
    <article aria-label={name} className="flex min-w-0 flex-col rounded-2xl border bg-surface p-4 shadow-xs sm:p-5">
      <div className="flex items-start justify-between gap-3">
        <h2 className="line-clamp-3 min-w-0 font-semibold [overflow-wrap:anywhere]" title={name}>
          {name}
        </h2>
        {scan?.verdict === "allowed" && (
          <input type="checkbox" aria-label={batchMessages.choose(name)} title={batchMessages.choose(name)} checked={chosen} disabled={full && !chosen} onChange={() => onChoose(model)} className="mt-0.5 size-5 shrink-0 cursor-pointer accent-(--accent)" />
        )}
      </div>
      <p className="line-clamp-2 text-sm break-words text-quiet">{model.algorithm || modelMessages.unknownAlgorithm}</p>
      {metrics.length > 0 && (
        <dl aria-label={modelMessages.metrics} className="mt-3 flex flex-wrap gap-2">
          {metrics.map(([metric, value]) => (
            <div key={metric} className="flex max-w-full gap-1.5 rounded-md bg-raised px-2 py-0.5 text-[0.8125rem]">
              <dt className="truncate text-quiet" title={metric}>
                {metric}
              </dt>
              <dd className="font-medium tabular-nums">{plain(value)}</dd>
            </div>
          ))}
        </dl>
      )}
      <Verdict scan={scan} pending={!scan && asked.isFetching} onAgain={() => void asked.refetch()} />
      <p className="mt-3 text-[0.8125rem] text-quiet">
        {modelMessages.added} <Time at={model.created_at} />
        {model.size_bytes != null && `\u00a0· ${bytes(model.size_bytes)}`}
        {libraries(scan)}
      </p>
      <div className="mt-auto flex items-center gap-1 pt-4">
        <Button look="primary" size="small" disabled={scan?.verdict !== "allowed"} onClick={() => onDeploy(model)} aria-label={modelMessages.deployOf(name)}>
          <Rocket aria-hidden />
          {modelMessages.deploy}
        </Button>
        <span className="flex-1" />
        <Tool text={modelMessages.downloadOf(name)} busy={busy} onClick={() => void download()} icon={<Download aria-hidden />} />
        <Tool text={modelMessages.renameOf(name)} onClick={() => onRename(model)} icon={<Pencil aria-hidden />} />
        <Tool text={modelMessages.removeOf(name)} onClick={() => onRemove(model)} icon={<Trash2 aria-hidden />} />
      </div>
    </article>
  );
});

function Tool({ text, icon, onClick, busy }: { text: string; icon: ReactNode; onClick: () => void; busy?: boolean }) {
  return (
    <Button look="quiet" size="icon" aria-label={text} title={text} onClick={onClick} busy={busy}>
      {!busy && icon}
    </Button>
  );
}

function Verdict({ scan, pending, onAgain }: { scan: Scan | null; pending: boolean; onAgain: () => void }) {
  const line = "mt-3 flex items-start gap-2 text-sm [&_svg]:mt-0.5 [&_svg]:size-4 [&_svg]:shrink-0";
  if (scan?.verdict === "allowed") {
    return (
      <p className={classes(line, "text-good")}>
        <ShieldCheck aria-hidden />
        {modelMessages.allowed}
      </p>
    );
  }
  if (scan) {
    const reason = scan.refusal ? [scan.refusal.message, scan.refusal.fix] : scan.reasons;
    return (
      <div className={classes(line, "rounded-lg bg-bad-soft p-3")}>
        <ShieldAlert className="text-bad" aria-hidden />
        <div className="min-w-0 break-words">
          <p className="font-medium">{modelMessages.refused}</p>
          {reason.map((each) => (
            <p key={each}>{each}</p>
          ))}
        </div>
      </div>
    );
  }
  return (
    <p className={classes(line, "items-center text-quiet")} role="status">
      <ShieldQuestion aria-hidden className={pending ? "animate-pulse-soft" : undefined} />
      {pending ? modelMessages.checking : modelMessages.unchecked}
      {!pending && (
        <Button size="small" onClick={onAgain}>
          {modelMessages.checkAgain}
        </Button>
      )}
    </p>
  );
}

const libraries = (scan: Scan | null) =>
  Object.entries(scan?.libraries ?? {})
    .map(([library, version]) => `\u00a0· ${library}\u00a0${version}`)
    .join("");

/** Numbers in the metadata, wherever people put them: {"metrics": {...}} or at the top. */
function metricsOf(metadata: Model["metadata"]): [string, number][] {
  const found = metadata ?? {};
  const inside = found["metrics"];
  const from = typeof inside === "object" && inside !== null ? (inside as Record<string, unknown>) : found;
  return Object.entries(from)
    .filter((entry): entry is [string, number] => typeof entry[1] === "number" && Number.isFinite(entry[1]))
    .slice(0, 4);
}

function save(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1_000);
}
