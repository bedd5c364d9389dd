"use client";

import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { CloudUpload, SearchX } from "lucide-react";
import { Suspense, useCallback, useEffect, useMemo, useState } from "react";
import { DeploymentCard } from "@/components/deployments/card";
import { MoreOnScroll } from "@/components/deployments/more";
import { StatCards } from "@/components/deployments/stat-cards";
import { FILTERS, Toolbar } from "@/components/deployments/toolbar";
import { Button } from "@/components/ui/button";
import { buttonClasses } from "@/components/ui/button-classes";
import { Link } from "@/components/ui/link";
import { LongList } from "@/components/ui/long-list";
import { Notice } from "@/components/ui/notice";
import { Empty, PageHead, Skeletons } from "@/components/ui/states";
import type { Deployment, DeploymentPage, DeploymentStatus } from "@/lib/api/deployments";
import { useUrlState } from "@/lib/hooks/use-url-state";
import { lazily } from "@/lib/lazily";
import { messages } from "@/lib/messages";
import { deploymentQueries } from "@/lib/queries/deployments";
import { POLL_MS, whenAway } from "@/lib/queries/pace";
import { renew } from "@/lib/queries/renew";

const DeleteDialog = lazily(() => import("@/components/deployments/delete-dialog").then((module) => module.DeleteDialog));

const POLLED_PAGES = 3;
/** As many as an address may ask for at once: 1,000 deployments. */
const MOST_PAGES = 20;

export default function DeploymentsPage() {
  return (
    <Suspense fallback={<PageHead title={messages.deployments.title} lead={messages.deployments.lead} />}>
      <Deployments />
    </Suspense>
  );
}

function Deployments() {
  const client = useQueryClient();
  const [status, setStatus] = useUrlState("status", "page");
  const [search, setSearch] = useUrlState("search", "page");
  const [page, setPage] = useUrlState("page");
  const [manual, setManual] = useUrlState("refresh");
  const [leaving, setLeaving] = useState<Deployment | null>(null);
  const filter = FILTERS.some((each) => each.value === status) ? (status as DeploymentStatus | "") : "";
  const auto = manual !== "manual";

  const stats = useQuery(deploymentQueries.stats()).data;
  const types = useQuery(deploymentQueries.instanceTypes()).data;
  // Numbers and list are asked for apart: what ends in between is known to one of them alone.
  const pace = (data?: { pages: DeploymentPage[] }) =>
    auto && ((stats?.deploying_count ?? 0) > 0 || data?.pages.some((page) => page.deployments.some((each) => each.status === "deploying"))) ? POLL_MS : false;
  const list = useInfiniteQuery({
    ...deploymentQueries.deployments(filter || undefined, search),
    // All loaded pages are asked again: a long list is left to the refresh button.
    refetchInterval: ({ state }) => (state.error ? whenAway(state.error) : (state.data?.pages.length ?? 1) <= POLLED_PAGES && pace(state.data)),
    placeholderData: (before) => before,
  });
  const deployments = useMemo(() => list.data?.pages.flatMap((page) => page.deployments) ?? [], [list.data]);
  const { fetchNextPage, hasNextPage, isFetchingNextPage } = list;
  const loaded = list.data?.pages.length ?? 0;
  const more = useCallback(() => {
    if (loaded < MOST_PAGES) setPage(String(loaded + 1));
    void fetchNextPage();
  }, [fetchNextPage, setPage, loaded]);
  // A list that is loaded again is as long as the address says.
  const wanted = Math.min(Number(page) || 1, MOST_PAGES);
  const isShort = loaded > 0 && loaded < wanted && hasNextPage && !isFetchingNextPage && !list.error;
  useEffect(() => {
    if (isShort) void fetchNextPage();
  }, [isShort, fetchNextPage]);
  const total = list.data?.pages[0]?.total ?? 0;
  const nothing = list.isSuccess && deployments.length === 0;
  useEffect(() => {
    document.title = `${messages.deployments.title} · ${messages.product}`;
  }, []);

  function clear() {
    setStatus("");
    setSearch("");
  }

  return (
    <div className="space-y-6">
      <PageHead title={messages.deployments.title} lead={messages.deployments.lead}>
        <Link href="/dashboard/models/" className={buttonClasses("primary")}>
          <CloudUpload aria-hidden />
          {messages.deployments.deploy}
        </Link>
      </PageHead>
      <StatCards poll={pace(list.data)} />
      <Toolbar
        filter={filter}
        onFilter={(value) => setStatus(value, "push")}
        search={search}
        onSearch={setSearch}
        auto={auto}
        onAuto={(on) => setManual(on ? "" : "manual")}
        onRefresh={() => void renew(client, ["deployments"])}
        refreshing={list.isRefetching}
      />
      {list.error && <Notice error={list.error} again={() => void list.refetch()} busy={list.isFetching} />}
      {list.isPending && !list.error && (
        <div className="space-y-3">
          <Skeletons count={4} className="h-40" />
        </div>
      )}
      {nothing && !filter && !search && (
        <Empty icon={<CloudUpload />} title={messages.deployments.emptyTitle} text={messages.deployments.emptyText}>
          <Link href="/dashboard/models/" className={buttonClasses("primary")}>
            {messages.deployments.emptyAction}
          </Link>
        </Empty>
      )}
      {nothing && (filter || search) && (
        <Empty icon={<SearchX />} title={messages.deployments.noneTitle} text={messages.deployments.noneText}>
          <Button onClick={clear}>{messages.deployments.clear}</Button>
        </Empty>
      )}
      {deployments.length > 0 && (
        <section aria-label={messages.deployments.title} className="space-y-4">
          <LongList
            items={deployments}
            by="id"
            usualHeight={190}
            className="grid grid-cols-1 gap-3"
            card={(deployment) => <DeploymentCard deployment={deployment} types={types} onDelete={setLeaving} />}
          />
          <MoreOnScroll shown={deployments.length} total={total} list={list} onMore={more} />
        </section>
      )}
      {leaving && <DeleteDialog deployment={leaving} types={types} onClose={() => setLeaving(null)} />}
    </div>
  );
}
