import { classes } from "@/lib/class-names";
import { messages } from "@/lib/messages";

/** A mistake of ours: said, with a way on. `height` is a class. Every page loads it with itself, so it is small. */
export function Crashed({ error, height }: { error: Error; height: string }) {
  return (
    <main className={classes("mx-auto flex max-w-md flex-col items-start justify-center gap-3 px-4", height)}>
      <h1 className="text-2xl font-semibold">{messages.problems.crashed}</h1>
      <p className="text-quiet">{messages.problems.crashedFix}</p>
      <p className="font-mono text-xs break-all text-quiet">{error.message}</p>
      <button type="button" className="link underline" onClick={() => location.reload()}>
        {messages.problems.reload}
      </button>
    </main>
  );
}
