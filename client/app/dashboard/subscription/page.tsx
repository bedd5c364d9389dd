"use client";

import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { Notice } from "@/components/ui/notice";
import { PageHead, Skeletons } from "@/components/ui/states";
import { hourly } from "@/components/deployments/cost";
import { HOURS_A_MONTH, money, plain } from "@/lib/format";
import { messages } from "@/lib/messages";
import { deployMessages } from "@/lib/messages/deploy";
import { subscriptionMessages } from "@/lib/messages/subscription";
import { deploymentQueries } from "@/lib/queries/deployments";
import { modelQueries } from "@/lib/queries/models";

const text = subscriptionMessages;

/** The user's limits, and what is used of them. */
export default function SubscriptionPage() {
  const limits = useQuery(modelQueries.limits());
  useEffect(() => {
    document.title = `${text.title} · ${messages.product}`;
  }, []);
  return (
    <div className="space-y-6">
      <PageHead title={text.title} lead={text.lead} />
      {limits.error && <Notice error={limits.error} again={() => void limits.refetch()} busy={limits.isFetching} />}
      <div className="grid gap-4 md:grid-cols-2">
        {limits.isPending && !limits.error && <Skeletons count={4} className="h-28" />}
        {limits.data && (
          <>
            <Meter name={text.active} used={limits.data.active + limits.data.deploying} limit={limits.data.max_active} />
            <Meter name={text.deploying} used={limits.data.deploying} limit={limits.data.max_deploying} />
            <Meter name={text.requests} used={limits.data.requests} limit={limits.data.max_requests_per_minute} />
            <Card name={text.modelSize} value={text.upTo(`${limits.data.max_model_mb} MB`)} />
          </>
        )}
        <RunningCost />
      </div>
    </div>
  );
}

function Card({ name, value, note }: { name: string; value: string; note?: string }) {
  return (
    <section className="rounded-2xl border bg-surface p-5 shadow-xs">
      <h2 className="text-sm text-quiet">{name}</h2>
      <p className="mt-1 text-xl font-semibold tabular-nums">{value}</p>
      {note && <p className="text-sm text-quiet">{note}</p>}
    </section>
  );
}

function Meter({ name, used, limit }: { name: string; used: number; limit: number }) {
  return (
    <section className="rounded-2xl border bg-surface p-5 shadow-xs">
      <h2 className="text-sm text-quiet">{name}</h2>
      <p className="mt-1 text-xl font-semibold tabular-nums">{text.of(plain(used), plain(limit))}</p>
      <progress className="bar mt-3 block h-1.5 w-full" aria-label={name} value={Math.min(used, limit)} max={limit} />
    </section>
  );
}

/** The newest hundred: who has more is told the rest by Azure's bill. */
function RunningCost() {
  const types = useQuery(deploymentQueries.instanceTypes()).data;
  const recent = useQuery(deploymentQueries.recent()).data;
  if (!types || !recent) return null;
  const prices = recent.deployments.filter((each) => each.status === "active").map((each) => hourly(each, types) ?? 0);
  const sum = prices.reduce((all, each) => all + each, 0);
  return <Card name={text.running} value={messages.deployments.perHour(money(sum))} note={`${text.runningText} ${deployMessages.month(money(sum * HOURS_A_MONTH))}`} />;
}
