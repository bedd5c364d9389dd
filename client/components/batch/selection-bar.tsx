import { Rocket } from "lucide-react";
import { MOST_ROWS } from "@/lib/batch";
import { batchMessages as text } from "@/lib/messages/batch";
import { Button } from "../ui/button";

/** How many models are selected, and what can be done with them; stays in sight while one is. */
export function SelectionBar({ count, onDeploy, onClear }: { count: number; onDeploy: () => void; onClear: () => void }) {
  return (
    <section aria-label={text.chosen(count)} className="sticky bottom-4 z-20 flex flex-wrap items-center gap-x-4 gap-y-2 rounded-2xl border bg-surface px-4 py-3 shadow-lg">
      <p role="status" className="min-w-0 flex-1 basis-40 text-sm">
        <span className="font-medium">{text.chosen(count)}</span> {count === 1 && <span className="text-quiet">{text.one}</span>}
        {count === MOST_ROWS && <span className="text-quiet">{text.most}</span>}
      </p>
      <Button onClick={onClear}>{text.clear}</Button>
      <Button look="primary" disabled={count < 2} onClick={onDeploy}>
        <Rocket aria-hidden />
        {text.open}
      </Button>
    </section>
  );
}
