import type { Shares } from "@/lib/api/endpoints";
import { classes } from "@/lib/class-names";
import { endpointMessages as text } from "@/lib/messages/endpoints";
import { carrying } from "@/lib/traffic";

const COLOURS = ["bg-accent", "bg-good", "bg-warn", "bg-bad", "bg-busy"];

/** Who serves which share, as a bar and in words; a name keeps its colour by its place in `names`. */
export function TrafficBar({ shares, mirror, names }: { shares: Shares; mirror: Shares; names?: string[] }) {
  const serving = carrying(shares);
  const order = names ?? serving.map(([name]) => name).sort();
  const colour = (name: string) => COLOURS[Math.max(0, order.indexOf(name)) % COLOURS.length];
  return (
    <div className="min-w-0">
      <div aria-hidden className="flex h-2.5 gap-px overflow-hidden rounded-full bg-raised">
        {serving.map(([name, share]) => (
          <span key={name} className={classes("block h-full transition-[width] duration-200", colour(name))} style={{ width: `${share}%` }} />
        ))}
      </div>
      <ul className="mt-1.5 flex flex-wrap gap-x-4 gap-y-0.5 text-sm tabular-nums">
        {serving.map(([name, share]) => (
          <li key={name} className="flex min-w-0 items-baseline gap-1.5">
            <span aria-hidden className={classes("size-2 shrink-0 rounded-full", colour(name))} />
            <span className="min-w-0 break-all">{text.share(name, share)}</span>
          </li>
        ))}
        {serving.length === 0 && <li className="text-quiet">{text.nobody}</li>}
      </ul>
      {carrying(mirror).map(([name, share]) => (
        <p key={name} className="mt-0.5 text-[0.8125rem] break-words text-quiet">
          {text.mirrored(name, share)}
        </p>
      ))}
    </div>
  );
}
