"use client";

import { useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { useLayoutEffect, useMemo, useRef, useState } from "react";
import type { DeploymentDetail } from "@/lib/api/deployments";
import type { Container } from "@/lib/api/endpoints";
import { logMessages } from "@/lib/messages/deployment";
import { servingQueries } from "@/lib/queries/serving";
import { Button } from "../ui/button";
import { Notice } from "../ui/notice";
import { Skeletons } from "../ui/states";
import { Switch } from "../ui/switch";
import { SearchBox } from "../deployments/toolbar";

const text = logMessages;
const FOLLOW_MS = 2_000;

/** The container's log: its newest lines, followed, searched, saved. */
export function Logs({ detail }: { detail: DeploymentDetail }) {
  const [container, setContainer] = useState<Container>("inference-server");
  const [follow, setFollow] = useState(true);
  const [search, setSearch] = useState("");
  const { data, error, isPending, refetch, isFetching } = useQuery({
    ...servingQueries.logs(detail.id, container),
    refetchInterval: follow ? FOLLOW_MS : false,
  });
  const lines = useMemo(() => (data ?? "").split("\n").filter((line, at, all) => line || at < all.length - 1), [data]);
  const needle = search.toLowerCase();
  const shown = needle ? lines.filter((line) => line.toLowerCase().includes(needle)) : lines;

  function download() {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([data ?? ""], { type: "text/plain" }));
    link.download = `${detail.deployment_name}-${container}.log`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1_000);
  }

  return (
    <div className="space-y-3">
      <div className="flex flex-wrap items-center gap-3">
        <select aria-label={text.container} value={container} onChange={(event) => setContainer(event.target.value as Container)} className="h-10 rounded-lg border border-control bg-surface px-3">
          <option value="inference-server">{text.inference}</option>
          <option value="storage-initializer">{text.storage}</option>
        </select>
        <SearchBox value={search} onChange={setSearch} label={text.search} hint={text.search} />
        <Switch label={text.follow} checked={follow} onChange={setFollow} />
        <Button onClick={download} disabled={!data}>
          <Download aria-hidden />
          {text.download}
        </Button>
      </div>
      {error && <Notice error={error} again={() => void refetch()} busy={isFetching} />}
      {isPending && !error && <Skeletons count={1} className="h-80" />}
      {data !== undefined && (
        <>
          <Lines lines={shown} follow={follow} empty={needle ? text.none : text.empty} />
          <p className="text-[0.8125rem] text-quiet">{needle ? text.matches(shown.length, lines.length) : text.lines(lines.length)}</p>
        </>
      )}
    </div>
  );
}

/** While followed it stays at its end, unless somebody has scrolled up. */
function Lines({ lines, follow, empty }: { lines: string[]; follow: boolean; empty: string }) {
  const box = useRef<HTMLPreElement>(null);
  const atEnd = useRef(true);
  useLayoutEffect(() => {
    const element = box.current;
    if (element && follow && atEnd.current) element.scrollTop = element.scrollHeight;
  }, [lines, follow]);
  return (
    <pre
      ref={box}
      tabIndex={0}
      role="log"
      aria-live="off"
      aria-label={text.label}
      onScroll={({ currentTarget: { scrollTop, clientHeight, scrollHeight } }) => {
        atEnd.current = scrollHeight - scrollTop - clientHeight < 24;
      }}
      className="h-112 overflow-auto rounded-xl border bg-surface p-4 font-mono text-xs leading-relaxed whitespace-pre-wrap [overflow-wrap:anywhere]"
    >
      {lines.length ? lines.join("\n") : <span className="font-sans text-sm text-quiet">{empty}</span>}
    </pre>
  );
}
