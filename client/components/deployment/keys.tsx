"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Eye, EyeOff, RotateCw } from "lucide-react";
import { useEffect, useState } from "react";
import type { DeploymentDetail } from "@/lib/api/deployments";
import { getKeys, getOperation, rotateKeys } from "@/lib/api/endpoints";
import { Problem } from "@/lib/api/problem";
import { keyMessages } from "@/lib/messages/deployment";
import { renew } from "@/lib/queries/renew";
import { Button } from "../ui/button";
import { Copy } from "../ui/copy";
import { Confirm } from "../ui/dialog";
import { Notice } from "../ui/notice";
import { toast } from "../ui/toast";

const text = keyMessages;
const FOLLOW_MS = 1_000;

/** The endpoint's keys: hidden until asked for, copied, replaced. They never enter a cache. */
export function Keys({ detail }: { detail: DeploymentDetail }) {
  const keys = useMutation({ mutationFn: () => getKeys(detail.id), gcTime: 0 });
  const [confirming, setConfirming] = useState(false);
  const [operation, setOperation] = useState<string | null>(null);
  const client = useQueryClient();
  const rotation = useQuery({
    queryKey: ["operations", operation],
    queryFn: ({ signal }) => getOperation(operation ?? "", signal),
    enabled: operation !== null,
    refetchInterval: (query) => (query.state.data && query.state.data.status !== "running" ? false : FOLLOW_MS),
  });
  const state = rotation.data?.status;
  const { data: shown, reset } = keys;

  useEffect(() => {
    if (operation === null || state !== "succeeded") return;
    setOperation(null);
    reset();
    toast(text.rotated);
    void renew(client, ["deployments", "one", detail.id]);
  }, [operation, state, reset, client, detail.id]);

  if (detail.status !== "active") return <p className="text-quiet">{text.notActive}</p>;
  return (
    <div className="max-w-3xl space-y-4">
      <p className="text-sm text-quiet">{text.lead}</p>
      <dl className="divide-y rounded-2xl border bg-surface shadow-xs">
        <Key name={text.primary} value={shown?.primary_key} />
        <Key name={text.secondary} value={shown?.secondary_key} />
      </dl>
      <div className="flex flex-wrap gap-2">
        <Button onClick={() => (shown ? reset() : keys.mutate())} busy={keys.isPending}>
          {!keys.isPending && (shown ? <EyeOff aria-hidden /> : <Eye aria-hidden />)}
          {shown ? text.hide : text.show}
        </Button>
        <Button onClick={() => setConfirming(true)} busy={operation !== null && state !== "failed"}>
          <RotateCw aria-hidden />
          {text.rotate}
        </Button>
      </div>
      {operation !== null && state !== "failed" && (
        <p role="status" className="text-sm text-quiet">
          {text.rotating}
        </p>
      )}
      {rotation.data?.error && <Notice error={new Problem(rotation.data.error.code, rotation.data.error.message, rotation.data.error.fix, 409)} />}
      {keys.error && <Notice error={keys.error} again={() => keys.mutate()} busy={keys.isPending} />}
      <Confirm
        open={confirming}
        title={text.rotateTitle}
        action={text.rotateConfirm}
        onClose={() => setConfirming(false)}
        onConfirm={async () => setOperation(await rotateKeys(detail.id))}
      >
        <p>{text.rotateText}</p>
      </Confirm>
    </div>
  );
}

function Key({ name, value }: { name: string; value: string | undefined }) {
  return (
    <div className="flex min-h-13 flex-wrap items-center gap-x-3 px-4 py-1.5">
      <dt className="w-32 shrink-0 text-sm text-quiet">{name}</dt>
      <dd className="flex min-w-0 flex-1 basis-44 items-center gap-1">
        {value ? (
          <>
            <code className="min-w-0 flex-1 font-mono text-[0.8125rem] break-all">{value}</code>
            <Copy text={value} what={name} />
          </>
        ) : (
          <span className="min-w-0 truncate tracking-widest text-quiet">
            <span aria-hidden>••••••••••••••••••••••••</span>
            <span className="sr-only">{text.hidden}</span>
          </span>
        )}
      </dd>
    </div>
  );
}
