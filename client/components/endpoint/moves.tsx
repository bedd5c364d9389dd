"use client";

import { useState } from "react";
import type { TrafficMove } from "@/lib/api/endpoints";
import { endpointMessages } from "@/lib/messages/endpoints";
import { duration } from "@/lib/format";
import { carrying, history } from "@/lib/traffic";
import { Button } from "../ui/button";
import { Time } from "../ui/time";

const text = endpointMessages.moves;
const FIRST = 8;

/** Who served when, the present first. */
export function Moves({ moves }: { moves: TrafficMove[] }) {
  const [all, setAll] = useState(false);
  const periods = history(moves);
  if (periods.length === 0) return <p className="text-quiet">{text.none}</p>;
  return (
    <div className="space-y-3">
      <ol className="divide-y rounded-2xl border bg-surface shadow-xs">
        {periods.slice(0, all ? undefined : FIRST).map(({ at, until, traffic, mirror, outside }) => (
          <li key={at} className="flex flex-wrap items-baseline gap-x-6 gap-y-0.5 px-4 py-2.5 text-sm">
            <span className="w-44 shrink-0 text-quiet">
              <Time at={at} /> · {until ? duration((Date.parse(until) - Date.parse(at)) / 1000) : text.now}
            </span>
            <span className="min-w-0 flex-1 basis-40 break-words tabular-nums">
              {carrying(traffic).map(([name, share]) => endpointMessages.share(name, share)).join(", ") || endpointMessages.nobody}
              {carrying(mirror).map(([name, share]) => ` · ${endpointMessages.mirrored(name, share)}`)}
              {outside && <span className="text-quiet"> · {text.outside}</span>}
            </span>
          </li>
        ))}
      </ol>
      {!all && periods.length > FIRST && (
        <Button size="small" onClick={() => setAll(true)}>
          {text.more(periods.length - FIRST)}
        </Button>
      )}
    </div>
  );
}
