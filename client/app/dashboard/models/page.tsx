"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { Boxes, SearchX } from "lucide-react";
import { Suspense, useCallback, useEffect, useMemo, useState } from "react";
import { SelectionBar } from "@/components/batch/selection-bar";
import { useBatch } from "@/components/batch/use-batch";
import { MoreOnScroll } from "@/components/deployments/more";
import { SearchBox } from "@/components/deployments/toolbar";
import { ModelCard } from "@/components/models/card";
import { Uploads } from "@/components/models/uploads";
import { useSession } from "@/components/session";
import { Button } from "@/components/ui/button";
import { LongList } from "@/components/ui/long-list";
import { Notice } from "@/components/ui/notice";
import { Empty, PageHead, Skeletons } from "@/components/ui/states";
import type { Model } from "@/lib/api/models";
import { EMPTY_BATCH, MOST_ROWS, toggled } from "@/lib/batch";
import { useUrlState } from "@/lib/hooks/use-url-state";
import { lazily } from "@/lib/lazily";
import { messages } from "@/lib/messages";
import { modelMessages } from "@/lib/messages/models";
import { modelQueries } from "@/lib/queries/models";

const DeploymentDialog = lazily(() => import("@/components/DeploymentDialog").then((module) => module.DeploymentDialog));
const BatchDialog = lazily(() => import("@/components/batch/batch-dialog").then((module) => module.BatchDialog));
const RenameDialog = lazily(() => import("@/components/models/dialogs").then((module) => module.RenameDialog));
const RemoveDialog = lazily(() => import("@/components/models/dialogs").then((module) => module.RemoveDialog));

const GRID = "grid grid-cols-1 gap-4 sm:grid-cols-2 xl:grid-cols-3";

export default function ModelsPage() {
  return (
    <Suspense fallback={<PageHead title={modelMessages.title} lead={modelMessages.lead} />}>
      <Models />
    </Suspense>
  );
}

function Models() {
  const [search, setSearch] = useUrlState("search");
  const [deploying, setDeploying] = useUrlState("deploy");
  const [batching, setBatching] = useUrlState("batch");
  const batch = useBatch(useSession().user?.id ?? "");
  const { rows } = batch.draft;
  const [renaming, setRenaming] = useState<Model | null>(null);
  const [removing, setRemoving] = useState<Model | null>(null);
  const list = useInfiniteQuery({ ...modelQueries.models(search), placeholderData: (before) => before });
  const models = useMemo(() => list.data?.pages.flatMap((page) => page.models) ?? [], [list.data]);
  const { fetchNextPage } = list;
  const more = useCallback(() => void fetchNextPage(), [fetchNextPage]);
  const { change } = batch;
  const choose = useCallback((model: Model) => change((draft) => toggled(draft, model)), [change]);
  const deploy = useCallback((model: Model) => setDeploying(model.id, "push"), [setDeploying]);
  const nothing = list.isSuccess && models.length === 0;
  useEffect(() => {
    document.title = `${modelMessages.title} · ${messages.product}`;
  }, []);

  return (
    <div className="space-y-6">
      <PageHead title={modelMessages.title} lead={modelMessages.lead} />
      <Uploads />
      {(models.length > 0 || search) && (
        <div className="flex">
          <SearchBox value={search} onChange={setSearch} label={modelMessages.search} hint={modelMessages.searchHint} />
        </div>
      )}
      {list.error && <Notice error={list.error} again={() => void list.refetch()} busy={list.isFetching} />}
      {list.isPending && !list.error && (
        <div className={GRID}>
          <Skeletons count={3} className="h-52" />
        </div>
      )}
      {models.length > 0 && (
        <LongList
          items={models}
          by="id"
          usualHeight={225}
          className={GRID}
          card={(model) => (
            <ModelCard
              model={model}
              chosen={rows.some((row) => row.model_id === model.id)}
              full={rows.length >= MOST_ROWS}
              onChoose={choose}
              onDeploy={deploy}
              onRename={setRenaming}
              onRemove={setRemoving}
            />
          )}
        />
      )}
      {nothing && !search && <Empty icon={<Boxes />} title={modelMessages.emptyTitle} text={modelMessages.emptyText} />}
      {nothing && search && (
        <Empty icon={<SearchX />} title={modelMessages.noneTitle} text={modelMessages.noneText}>
          <Button onClick={() => setSearch("")}>{modelMessages.clear}</Button>
        </Empty>
      )}
      {models.length > 0 && (
        <MoreOnScroll shown={models.length} total={list.data?.pages[0]?.total ?? 0} list={list} onMore={more} />
      )}
      {rows.length > 0 && <SelectionBar count={rows.length} onDeploy={() => setBatching("new", "push")} onClear={() => batch.change(() => EMPTY_BATCH)} />}
      {batching && <BatchDialog {...batch} batch={batching} onBegun={setBatching} onClose={() => setBatching("")} />}
      {deploying && <DeploymentDialog key={deploying} modelId={deploying} onClose={() => setDeploying("")} />}
      {renaming && <RenameDialog model={renaming} onClose={() => setRenaming(null)} />}
      {removing && <RemoveDialog model={removing} onClose={() => setRemoving(null)} />}
    </div>
  );
}
