"use client";

import { Moon } from "lucide-react";
import { memo, type ReactNode } from "react";
import type { EndpointSummary } from "@/lib/api/endpoints";
import { endpointMessages as text } from "@/lib/messages/endpoints";
import { money, plain } from "@/lib/format";
import { messages } from "@/lib/messages";
import { endpointPage } from "../deployments/card";
import { buttonClasses } from "../ui/button-classes";
import { Copy } from "../ui/copy";
import { Link } from "../ui/link";
import { TrafficBar } from "./traffic-bar";

/** One endpoint: who serves, how much is asked, what it costs. */
export const EndpointCard = memo(function EndpointCard({ endpoint }: { endpoint: EndpointSummary }) {
  return (
    <article aria-label={endpoint.name} className="rounded-2xl border bg-surface p-4 shadow-xs sm:p-5">
      <header className="flex items-start justify-between gap-4">
        <h2 className="min-w-0 font-semibold break-all">
          <Link className="hover:underline" href={endpointPage(endpoint.name)}>
            {endpoint.name}
          </Link>
        </h2>
        <Link className={buttonClasses("plain", "small")} href={endpointPage(endpoint.name)} aria-label={text.openOf(endpoint.name)}>
          {text.open}
        </Link>
      </header>
      <div className="mt-3">
        <TrafficBar shares={endpoint.traffic} mirror={endpoint.mirror} />
      </div>
      {endpoint.reason && <Reason text={endpoint.reason} />}
      <dl className="mt-3 grid grid-cols-1 gap-x-6 gap-y-2 text-sm sm:grid-cols-3">
        <EndpointFigures endpoint={endpoint} living={endpoint.revisions} />
      </dl>
      {endpoint.scoring_uri && <Uri uri={endpoint.scoring_uri} />}
    </article>
  );
});

/** What the list and the page show of an endpoint in numbers. */
export function EndpointFigures({ endpoint, living }: { endpoint: Pick<EndpointSummary, "requests_last_hour" | "usd_per_hour">; living: number }) {
  const { requests_last_hour: requests, usd_per_hour: price } = endpoint;
  return (
    <>
      <Fact term={text.living}>{text.revisions(living)}</Fact>
      <Fact term={text.requests}>{requests === null ? text.requestsUnknown : plain(requests)}</Fact>
      <Fact term={text.price}>{price === null ? messages.deployments.priceUnknown : messages.deployments.perHour(money(price))}</Fact>
    </>
  );
}

function Fact({ term, children }: { term: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-[0.8125rem] text-quiet">{term}</dt>
      <dd className="[overflow-wrap:anywhere]">{children}</dd>
    </div>
  );
}

/** Why nobody serves. */
export function Reason({ text: why }: { text: string }) {
  return (
    <p className="mt-2 flex gap-2 text-sm break-words text-quiet">
      <Moon className="mt-0.5 size-4 shrink-0" aria-hidden />
      {why}
    </p>
  );
}

export function Uri({ uri }: { uri: string }) {
  return (
    <div className="mt-3 flex min-w-0 items-center gap-1 rounded-lg bg-raised py-0.5 pr-1 pl-3">
      <code className="min-w-0 flex-1 truncate font-mono text-[0.8125rem]" title={uri}>
        {uri}
      </code>
      <Copy text={uri} what={messages.deployments.url} />
    </div>
  );
}
