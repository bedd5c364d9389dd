"use client";

import { ArrowLeft, Moon, RotateCw, Sun, Trash2 } from "lucide-react";
import { useState, type ReactNode } from "react";
import type { DeploymentDetail } from "@/lib/api/deployments";
import type { InstanceType } from "@/lib/api/instance-types";
import { lazily } from "@/lib/lazily";
import { endpointMessages } from "@/lib/messages/endpoints";
import { duration, money } from "@/lib/format";
import { useNow } from "@/lib/hooks/use-now";
import { messages } from "@/lib/messages";
import { deploymentMessages } from "@/lib/messages/deployment";
import { endpointPage, ScoringUri } from "../deployments/card";
import { hourly, isBilled, soFar } from "../deployments/cost";
import { FailureBox } from "../deployments/failure";
import { StatusBadge } from "../deployments/status-badge";
import { useRetry } from "../deployments/use-retry";
import { Button } from "../ui/button";
import { Link } from "../ui/link";
import { Time } from "../ui/time";
import { phaseName } from "./timeline";

const SleepDialog = lazily(() => import("../endpoint/sleep-dialogs").then((module) => module.SleepDialog));
const WakeDialog = lazily(() => import("../endpoint/sleep-dialogs").then((module) => module.WakeDialog));

interface HeadProps {
  detail: DeploymentDetail;
  types: InstanceType[] | undefined;
  onDelete: () => void;
}

/** Name, status, what it costs, where it answers, and what can be done with it. */
export function Head({ detail, types, onDelete }: HeadProps) {
  const retry = useRetry(detail);
  const [asked, setAsked] = useState(false);
  const model = detail.trained_models;
  const dialog = { id: detail.id, name: detail.deployment_name, price: hourly(detail, types), onClose: () => setAsked(false) };
  return (
    <header className="space-y-4">
      <Link href="/dashboard/deployments/" className="inline-flex items-center gap-1.5 text-sm text-quiet hover:text-ink">
        <ArrowLeft className="size-4" aria-hidden />
        {deploymentMessages.back}
      </Link>
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="min-w-0 flex-1 basis-64">
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <h1 className="min-w-0 text-2xl font-semibold tracking-tight break-all">{detail.deployment_name}</h1>
            <StatusBadge status={detail.status} />
          </div>
          <p className="mt-0.5 break-words text-quiet" role="status">
            <Standing detail={detail} />
          </p>
        </div>
        <div className="flex flex-wrap gap-2">
          {detail.status === "active" && (
            <Button onClick={() => setAsked(true)}>
              <Moon aria-hidden />
              {endpointMessages.sleep.action}
            </Button>
          )}
          {detail.status === "asleep" && (
            <Button look="primary" onClick={() => setAsked(true)}>
              <Sun aria-hidden />
              {endpointMessages.wake.action}
            </Button>
          )}
          {detail.status === "failed" && (
            <Button onClick={retry.run} busy={retry.busy}>
              <RotateCw aria-hidden />
              {messages.deployments.retry}
            </Button>
          )}
          <Button onClick={onDelete}>
            <Trash2 aria-hidden />
            {messages.deployments.delete}
          </Button>
        </div>
      </div>
      <dl className="grid grid-cols-1 gap-x-6 gap-y-3 text-sm sm:grid-cols-2 lg:grid-cols-[1.2fr_1.5fr_1.1fr_1.2fr]">
        <Fact term={messages.deployments.model} text={model ? [model.model_name, model.algorithm].filter(Boolean).join(" · ") : "–"} />
        <Fact
          term={messages.deployments.endpoint}
          text={
            <Link className="hover:underline" href={endpointPage(detail.endpoint_name)}>
              {detail.endpoint_name}
            </Link>
          }
        />
        <Fact term={messages.deployments.runsOn} text={detail.autoscale ? messages.deployments.scaled(detail.autoscale.min, detail.autoscale.max, detail.instance_type) : messages.deployments.instances(detail.instance_count, detail.instance_type)} />
        <Cost detail={detail} types={types} />
      </dl>
      {detail.description && <p className="max-w-3xl text-sm break-words whitespace-pre-wrap">{detail.description}</p>}
      {detail.status !== "asleep" && <ScoringUri deployment={detail} />}
      {detail.status === "failed" && <FailureBox deployment={detail} />}
      {detail.status === "asleep" && <p className="rounded-xl bg-raised p-4 text-sm">{endpointMessages.wake.asleep}</p>}
      {asked && detail.status === "active" && <SleepDialog {...dialog} traffic={null} />}
      {asked && detail.status === "asleep" && <WakeDialog {...dialog} />}
    </header>
  );
}

function Standing({ detail }: { detail: DeploymentDetail }) {
  if (detail.status === "active" && detail.deployed_at) {
    const seconds = (Date.parse(detail.deployed_at) - Date.parse(detail.created_at)) / 1000;
    return (
      <>
        {deploymentMessages.liveText(duration(seconds))} {messages.deployments.deployed} <Time at={detail.deployed_at} />.
      </>
    );
  }
  if (detail.status === "deploying") {
    const running = (detail.phases ?? []).filter((phase) => !phase.ended_at);
    return <>{running.length ? deploymentMessages.now(running.map((each) => phaseName(each.phase)).join(", ")) : deploymentMessages.waiting}</>;
  }
  return (
    <>
      {messages.deployments.created} <Time at={detail.created_at} />
    </>
  );
}

function Fact({ term, text }: { term: string; text: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-[0.8125rem] text-quiet">{term}</dt>
      <dd className="[overflow-wrap:anywhere]">{text}</dd>
    </div>
  );
}

function Cost({ detail, types }: { detail: DeploymentDetail; types: InstanceType[] | undefined }) {
  const now = useNow(5_000);
  const price = hourly(detail, types);
  if (!isBilled(detail)) return <Fact term={messages.deployments.cost} text={messages.deployments.free} />;
  if (!types) return <Fact term={messages.deployments.cost} text="–" />;
  if (price === null) return <Fact term={messages.deployments.cost} text={messages.deployments.priceUnknown} />;
  const parts = [messages.deployments.perHour(money(price))];
  if (detail.status === "active") parts.push(messages.deployments.soFar(money(soFar(detail, price, now))));
  return <Fact term={messages.deployments.cost} text={parts.join(" · ")} />;
}
