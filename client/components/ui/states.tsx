import type { ReactNode } from "react";
import { messages } from "@/lib/messages";

/** Grey shapes where content will stand; screen readers hear that it loads. */
export function Skeletons({ count, className }: { count: number; className: string }) {
  return (
    <>
      <span role="status" className="sr-only">
        {messages.loading}
      </span>
      {Array.from({ length: count }, (_, index) => (
        <div key={index} aria-hidden className={`animate-pulse-soft rounded-xl bg-raised ${className}`} />
      ))}
    </>
  );
}

export function Empty({ icon, title, text, children }: { icon: ReactNode; title: string; text: string; children?: ReactNode }) {
  return (
    <div className="flex flex-col items-center gap-3 rounded-2xl border border-dashed bg-surface px-6 py-14 text-center">
      <span className="rounded-2xl bg-accent-soft p-3 text-accent [&_svg]:size-7" aria-hidden>
        {icon}
      </span>
      <h2 className="text-lg font-semibold">{title}</h2>
      <p className="max-w-md text-quiet">{text}</p>
      {children && <div className="mt-1 flex flex-wrap justify-center gap-2">{children}</div>}
    </div>
  );
}

export function PageHead({ title, lead, children }: { title: string; lead?: string; children?: ReactNode }) {
  return (
    <div className="flex flex-wrap items-end justify-between gap-x-6 gap-y-3">
      <div className="min-w-0">
        <h1 className="text-2xl font-semibold tracking-tight break-words">{title}</h1>
        {lead && <p className="mt-0.5 text-quiet">{lead}</p>}
      </div>
      {children && <div className="flex flex-wrap gap-2">{children}</div>}
    </div>
  );
}
