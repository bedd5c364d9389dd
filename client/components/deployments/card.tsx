"use client";

import { ExternalLink, RotateCw, Trash2 } from "lucide-react";
import { memo, type ReactNode } from "react";
import type { Deployment } from "@/lib/api/deployments";
import type { InstanceType } from "@/lib/api/instance-types";
import { money } from "@/lib/format";
import { useNow } from "@/lib/hooks/use-now";
import { messages } from "@/lib/messages";
import { Button } from "../ui/button";
import { buttonClasses } from "../ui/button-classes";
import { Copy } from "../ui/copy";
import { Link } from "../ui/link";
import { Time } from "../ui/time";
import { hourly, isBilled, soFar } from "./cost";
import { FailureBox } from "./failure";
import { StatusBadge } from "./status-badge";
import { useRetry } from "./use-retry";

interface CardProps {
  deployment: Deployment;
  types: InstanceType[] | undefined;
  onDelete: (deployment: Deployment) => void;
}

export const endpointPage = (name: string) => `/dashboard/endpoints/view/?name=${encodeURIComponent(name)}`;
export const pageOf = (id: string) => `/dashboard/deployments/view/?id=${id}`;

/** One deployment: what it is, how it is, what it costs, what can be done with it. */
export const DeploymentCard = memo(function DeploymentCard({ deployment, types, onDelete }: CardProps) {
  const name = deployment.deployment_name;
  const retry = useRetry(deployment);
  return (
    <article aria-label={name} className="rounded-2xl border bg-surface p-4 shadow-xs sm:p-5">
      <header className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-56">
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <h2 className="min-w-0 font-semibold break-all">
              <Link className="hover:underline" href={pageOf(deployment.id)}>
                {name}
              </Link>
            </h2>
            <StatusBadge status={deployment.status} />
          </div>
          <p className="mt-0.5 line-clamp-2 text-sm break-words text-quiet">
            {deployment.trained_models?.model_name}
            {deployment.trained_models?.algorithm && ` · ${deployment.trained_models.algorithm}`}
          </p>
        </div>
        <div className="flex gap-1.5">
          {deployment.status === "failed" && (
            <Button size="small" onClick={retry.run} busy={retry.busy} aria-label={messages.deployments.retryOf(name)}>
              <RotateCw aria-hidden />
              {messages.deployments.retry}
            </Button>
          )}
          <Link className={buttonClasses("plain", "small")} href={pageOf(deployment.id)} aria-label={messages.deployments.detailsOf(name)}>
            {messages.deployments.details}
          </Link>
          <Button look="quiet" size="small" className="px-2" aria-label={messages.deployments.deleteOf(name)} title={messages.deployments.delete} onClick={() => onDelete(deployment)}>
            <Trash2 aria-hidden />
          </Button>
        </div>
      </header>
      <dl className="mt-3 grid grid-cols-1 gap-x-6 gap-y-2 text-sm sm:grid-cols-2 lg:grid-cols-[1.5fr_1.1fr_0.9fr_1.2fr]">
        <Fact term={messages.deployments.endpoint}>
          <Link className="break-all hover:underline" href={endpointPage(deployment.endpoint_name)}>
            {deployment.endpoint_name}
          </Link>
        </Fact>
        <Fact term={messages.deployments.runsOn}>{messages.deployments.instances(deployment.instance_count, deployment.instance_type)}</Fact>
        <Fact term={deployment.deployed_at ? messages.deployments.deployed : messages.deployments.created}>
          <Time at={deployment.deployed_at ?? deployment.created_at} />
        </Fact>
        {deployment.status === "asleep" && <Fact term={messages.deployments.cost}>{messages.deployments.free}</Fact>}
        {isBilled(deployment) && <Cost deployment={deployment} types={types} />}
      </dl>
      {deployment.scoring_uri && deployment.status !== "asleep" && <ScoringUri deployment={deployment} />}
      {deployment.status === "failed" && <FailureBox deployment={deployment} short />}
    </article>
  );
});

function Fact({ term, children }: { term: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-[0.8125rem] text-quiet">{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Cost({ deployment, types }: { deployment: Deployment; types: InstanceType[] | undefined }) {
  const now = useNow(10_000);
  const price = hourly(deployment, types);
  return (
    <Fact term={messages.deployments.cost}>
      {!types ? "–" : price === null
        ? messages.deployments.priceUnknown
        : [messages.deployments.perHour(money(price)), deployment.status === "active" && messages.deployments.soFar(money(soFar(deployment, price, now)))]
            .filter(Boolean)
            .join(" · ")}
    </Fact>
  );
}

export function ScoringUri({ deployment }: { deployment: Deployment }) {
  const uri = deployment.scoring_uri;
  if (!uri) return null;
  return (
    <div className="mt-3 flex min-w-0 items-center gap-1 rounded-lg bg-raised py-0.5 pr-1 pl-3">
      <code className="min-w-0 flex-1 truncate font-mono text-[0.8125rem]" title={uri}>
        {uri}
      </code>
      <Copy text={uri} what={messages.deployments.url} />
      {deployment.swagger_uri && (
        <a className={buttonClasses("quiet", "small")} href={deployment.swagger_uri} target="_blank" rel="noreferrer">
          {messages.deployments.swagger}
          <ExternalLink aria-hidden />
        </a>
      )}
    </div>
  );
}
