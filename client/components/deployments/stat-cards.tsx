"use client";

import { CircleCheck, CircleX, Layers, LoaderCircle } from "lucide-react";
import { useQuery } from "@tanstack/react-query";
import { plain } from "@/lib/format";
import { messages } from "@/lib/messages";
import { deploymentQueries } from "@/lib/queries/deployments";

const { status } = messages;

export function StatCards({ poll }: { poll: number | false }) {
  const { data } = useQuery({ ...deploymentQueries.stats(), refetchInterval: poll });
  const cards = [
    { text: messages.deployments.total, hint: messages.deployments.totalHint, value: data?.total_deployments, icon: <Layers />, look: "text-accent" },
    { text: status.active, value: data?.active_deployments, beside: data?.asleep_deployments, icon: <CircleCheck />, look: "text-good" },
    { text: status.deploying, value: data?.deploying_count, icon: <LoaderCircle />, look: "text-busy" },
    { text: status.failed, value: data?.failed_deployments, icon: <CircleX />, look: "text-bad" },
  ];
  return (
    <dl className="grid grid-cols-2 gap-3 lg:grid-cols-4">
      {cards.map(({ text, hint, value, beside, icon, look }) => (
        <div key={text} className="flex flex-col rounded-2xl border bg-surface px-4 py-3.5 shadow-xs">
          <dt className="flex items-center justify-between gap-2 text-sm text-quiet">
            {text}
            <span aria-hidden className={`${look} [&_svg]:size-4.5`}>
              {icon}
            </span>
          </dt>
          <dd className="flex flex-wrap items-baseline gap-x-2 text-2xl font-semibold tabular-nums" title={hint}>
            {value === undefined ? <span className="text-quiet">–</span> : plain(value)}
            {!!beside && <span className="text-sm font-normal whitespace-nowrap text-quiet">{messages.deployments.asleep(plain(beside))}</span>}
          </dd>
        </div>
      ))}
    </dl>
  );
}
