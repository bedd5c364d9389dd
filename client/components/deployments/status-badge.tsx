import { CircleCheck, CircleX, LoaderCircle, Moon, Trash2 } from "lucide-react";
import type { DeploymentStatus } from "@/lib/api/deployments";
import { classes } from "@/lib/class-names";
import { messages } from "@/lib/messages";

const LOOKS = {
  deploying: ["bg-busy-soft text-busy", <LoaderCircle key="icon" className="animate-spin-slow" />],
  active: ["bg-good-soft text-good", <CircleCheck key="icon" />],
  asleep: ["bg-raised text-quiet", <Moon key="icon" />],
  failed: ["bg-bad-soft text-bad", <CircleX key="icon" />],
  deleted: ["bg-raised text-quiet", <Trash2 key="icon" />],
} as const;

export function StatusBadge({ status }: { status: DeploymentStatus }) {
  const [look, icon] = LOOKS[status] ?? LOOKS.deleted;
  return (
    <span className={classes("inline-flex h-6 shrink-0 items-center gap-1.5 rounded-full px-2.5 text-xs font-semibold [&_svg]:size-3.5", look)}>
      <span aria-hidden>{icon}</span>
      {messages.status[status] ?? status}
    </span>
  );
}
