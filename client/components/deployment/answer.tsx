import type { Prediction } from "@/lib/api/endpoints";
import { plain } from "@/lib/format";
import { scoreMessages } from "@/lib/messages/deployment";
import { Copy } from "../ui/copy";

/** What the endpoint answered, one item a row, and how long that took. */
export function Answer({ prediction }: { prediction: Prediction }) {
  const text = JSON.stringify(prediction.answer, null, 2);
  return (
    <div role="status" className="overflow-hidden rounded-xl border border-good/40 bg-good-soft">
      <div className="flex items-center justify-between gap-3 py-1 pr-1 pl-4">
        <p className="text-sm font-semibold text-good">{scoreMessages.answer}</p>
        <p className="ml-auto text-[0.8125rem] tabular-nums">{scoreMessages.latency(plain(Math.round(prediction.milliseconds)))}</p>
        <Copy text={text} what={scoreMessages.answer} />
      </div>
      <pre tabIndex={0} aria-label={scoreMessages.answer} className="max-h-80 overflow-auto bg-surface px-4 py-3 font-mono text-sm whitespace-pre-wrap">
        {short(prediction.answer) ?? text}
      </pre>
    </div>
  );
}

/** A list of plain values reads best on one line. */
function short(answer: unknown): string | null {
  const isFlat = Array.isArray(answer) && answer.every((each) => typeof each !== "object" || each === null);
  return isFlat ? `[${answer.map((each) => JSON.stringify(each)).join(", ")}]` : null;
}
