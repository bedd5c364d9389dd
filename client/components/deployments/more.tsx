"use client";

import { useEffect, useRef } from "react";
import { messages } from "@/lib/messages";
import { Button } from "../ui/button";

interface MoreProps {
  shown: number;
  total: number;
  /** The query whose pages are shown. */
  list: { hasNextPage: boolean; isFetchingNextPage: boolean; isError: boolean };
  onMore: () => void;
}

/** The list's end: the next page comes when it nears the window, or by its button; after a failure by that alone. */
export function MoreOnScroll({ shown, total, list, onMore }: MoreProps) {
  const { hasNextPage: hasMore, isFetchingNextPage: busy, isError: failed } = list;
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = end.current;
    if (!element || !hasMore || busy || failed) return;
    const watch = new IntersectionObserver(([entry]) => entry?.isIntersecting && onMore(), { rootMargin: "600px" });
    watch.observe(element);
    return () => watch.disconnect();
  }, [hasMore, busy, failed, onMore]);

  return (
    <div ref={end} className="flex items-center justify-center gap-4 py-2 text-sm text-quiet">
      <p role="status">{messages.deployments.count(shown, total)}</p>
      {hasMore && (
        <Button size="small" onClick={onMore} busy={busy}>
          {messages.deployments.more}
        </Button>
      )}
    </div>
  );
}
