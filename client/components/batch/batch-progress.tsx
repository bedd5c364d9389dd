"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { cancelBatch, type Batch } from "@/lib/api/batches";
import { Problem } from "@/lib/api/problem";
import { batchMessages as text } from "@/lib/messages/batch";
import { deployQueries } from "@/lib/queries/deploying";
import { renew } from "@/lib/queries/renew";
import { pageOf } from "../deployments/card";
import { StatusBadge } from "../deployments/status-badge";
import { Button } from "../ui/button";
import { Link } from "../ui/link";
import { Notice } from "../ui/notice";
import { Skeletons } from "../ui/states";
import { toast } from "../ui/toast";

const FOLLOW_MS = 1_000;

/** How far each deployment of a batch is; what has not begun can be given up. */
export function BatchProgress({ id, onClose }: { id: string; onClose: () => void }) {
  const client = useQueryClient();
  const { data, error, refetch, isFetching } = useQuery({
    ...deployQueries.batch(id),
    refetchInterval: ({ state }) => (state.data && state.data.status !== "running" ? false : FOLLOW_MS),
  });
  const cancel = useMutation({
    mutationFn: () => cancelBatch(id),
    onSuccess: (count) => {
      toast(text.cancelled(count));
      void refetch();
    },
  });
  const ended = data && data.status !== "running";
  useEffect(() => {
    if (ended) void renew(client, ["deployments"]);
  }, [ended, client]);

  return (
    <>
      <div className="space-y-4 overflow-y-auto p-5">
        {error && <Notice error={error} again={() => void refetch()} busy={isFetching} />}
        {!data && !error && <Skeletons count={2} className="h-16" />}
        {data && (
          <>
            <p role="status" className="font-medium tabular-nums">
              {text.counts(data.active, data.deploying, data.failed, data.total)}
              {ended && ` · ${text.ended}`}
            </p>
            <ul className="divide-y rounded-xl border">
              {data.deployments.map((each) => (
                <Line key={each.deployment_id} deployment={each} />
              ))}
            </ul>
            {data.error && <Notice error={new Problem(data.error.code, data.error.message, data.error.fix, 409)} />}
          </>
        )}
        {cancel.error && <Notice error={cancel.error} />}
      </div>
      <footer className="flex flex-wrap justify-end gap-2 border-t px-5 py-4">
        {data?.deployments.some((each) => each.waiting) && (
          <Button busy={cancel.isPending} onClick={() => cancel.mutate()}>
            {text.cancel}
          </Button>
        )}
        <Button look="primary" onClick={onClose}>
          {text.close}
        </Button>
      </footer>
    </>
  );
}

function Line({ deployment }: { deployment: Batch["deployments"][number] }) {
  const { deployment_id: id, deployment_name: name, endpoint_name: endpoint, status, waiting, error } = deployment;
  return (
    <li aria-label={name} className="px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Link href={pageOf(id)} className="min-w-0 font-medium break-all hover:underline">
          {name}
        </Link>
        {waiting ? <span className="text-sm text-quiet">{text.waiting}</span> : <StatusBadge status={status} />}
        <span className="ml-auto min-w-0 text-sm break-all text-quiet">{endpoint}</span>
      </div>
      {error && (
        <p className="mt-1 text-sm break-words text-bad">
          {error.message} {error.fix}
        </p>
      )}
    </li>
  );
}
