"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { SearchX, Waypoints } from "lucide-react";
import { Suspense, useCallback, useEffect, useMemo } from "react";
import { MoreOnScroll } from "@/components/deployments/more";
import { SearchBox } from "@/components/deployments/toolbar";
import { EndpointCard } from "@/components/endpoints/card";
import { Button } from "@/components/ui/button";
import { buttonClasses } from "@/components/ui/button-classes";
import { Link } from "@/components/ui/link";
import { LongList } from "@/components/ui/long-list";
import { Notice } from "@/components/ui/notice";
import { Empty, PageHead, Skeletons } from "@/components/ui/states";
import { endpointMessages as text } from "@/lib/messages/endpoints";
import { useUrlState } from "@/lib/hooks/use-url-state";
import { messages } from "@/lib/messages";
import { endpointQueries } from "@/lib/queries/endpoints";

export default function EndpointsPage() {
  return (
    <Suspense fallback={<PageHead title={text.title} lead={text.lead} />}>
      <Endpoints />
    </Suspense>
  );
}

function Endpoints() {
  const [search, setSearch] = useUrlState("search");
  const list = useInfiniteQuery({ ...endpointQueries.endpoints(search), placeholderData: (before) => before });
  const endpoints = useMemo(() => list.data?.pages.flatMap((page) => page.endpoints) ?? [], [list.data]);
  const { fetchNextPage } = list;
  const more = useCallback(() => void fetchNextPage(), [fetchNextPage]);
  const nothing = list.isSuccess && endpoints.length === 0;
  useEffect(() => {
    document.title = `${text.title} · ${messages.product}`;
  }, []);

  return (
    <div className="space-y-6">
      <PageHead title={text.title} lead={text.lead} />
      {!(nothing && !search) && (
        <div className="flex max-w-xl">
          <SearchBox value={search} onChange={setSearch} label={text.search} hint={text.searchHint} />
        </div>
      )}
      {list.error && <Notice error={list.error} again={() => void list.refetch()} busy={list.isFetching} />}
      {list.isPending && !list.error && (
        <div className="space-y-3">
          <Skeletons count={3} className="h-44" />
        </div>
      )}
      {nothing && !search && (
        <Empty icon={<Waypoints />} title={text.emptyTitle} text={text.emptyText}>
          <Link href="/dashboard/models/" className={buttonClasses("primary")}>
            {messages.deployments.emptyAction}
          </Link>
        </Empty>
      )}
      {nothing && search && (
        <Empty icon={<SearchX />} title={text.noneTitle} text={text.noneText}>
          <Button onClick={() => setSearch("")}>{text.clear}</Button>
        </Empty>
      )}
      {endpoints.length > 0 && (
        <section aria-label={text.title} className="space-y-4">
          <LongList
            items={endpoints}
            by="name"
            usualHeight={190}
            className="grid grid-cols-1 gap-3"
            card={(endpoint) => <EndpointCard endpoint={endpoint} />}
          />
          <MoreOnScroll shown={endpoints.length} total={list.data?.pages[0]?.total ?? 0} list={list} onMore={more} />
        </section>
      )}
    </div>
  );
}
