"use client";

import { CircleAlert, RotateCw } from "lucide-react";
import { useEffect, useState } from "react";
import { problemOf } from "@/lib/api/problem";
import { classes } from "@/lib/class-names";
import { messages } from "@/lib/messages";
import { Button } from "./button";

interface NoticeProps {
  /** Whatever was thrown. */
  error: unknown;
  title?: string;
  again?: () => void;
  busy?: boolean;
  className?: string;
}

/** What went wrong, what to do about it, and a way on. It waits as long as the service asks. */
export function Notice({ error, title, again, busy, className }: NoticeProps) {
  const problem = problemOf(error);
  const wait = useCountdown(problem.retryAfter ?? 0, problem);
  return (
    <div role="alert" className={classes("flex gap-3 rounded-xl border border-bad/40 bg-bad-soft p-4 text-sm", className)}>
      <CircleAlert className="mt-0.5 size-5 shrink-0 text-bad" aria-hidden />
      <div className="min-w-0 flex-1 space-y-1">
        {title && <p className="font-semibold">{title}</p>}
        <p className="break-words">{problem.message}</p>
        {problem.fix && <p className="break-words">{problem.fix}</p>}
        {problem.requestId && <p className="text-xs break-all text-quiet">{messages.requestId(problem.requestId)}</p>}
        {again && (
          <Button size="small" className="mt-2" onClick={again} busy={busy} disabled={wait > 0}>
            <RotateCw aria-hidden />
            {wait > 0 ? messages.waitSeconds(wait) : messages.tryAgain}
          </Button>
        )}
      </div>
    </div>
  );
}

function useCountdown(seconds: number, restart: unknown): number {
  const [left, setLeft] = useState(seconds);
  useEffect(() => {
    setLeft(seconds);
    if (seconds <= 0) return;
    const ends = Date.now() + seconds * 1000;
    const timer = setInterval(() => {
      const remains = Math.max(0, Math.ceil((ends - Date.now()) / 1000));
      setLeft(remains);
      if (remains === 0) clearInterval(timer);
    }, 250);
    return () => clearInterval(timer);
  }, [seconds, restart]);
  return left;
}
