import { CircleX } from "lucide-react";
import type { Deployment } from "@/lib/api/deployments";
import { classes } from "@/lib/class-names";
import { messages } from "@/lib/messages";

/** Why it failed and what to do, in the words of the service; in a list its first lines. */
export function FailureBox({ deployment, short }: { deployment: Deployment; short?: boolean }) {
  const text = deployment.error?.message ?? deployment.error_message;
  if (!text) return null;
  return (
    <div className="mt-3 flex gap-2.5 rounded-lg bg-bad-soft p-3 text-sm">
      <CircleX className="mt-0.5 size-4 shrink-0 text-bad" aria-hidden />
      <div className="min-w-0 break-words">
        <p className={classes("font-medium", short && "line-clamp-4")}>{text}</p>
        {deployment.error?.fix && (
          <p className={classes("mt-1", short && "line-clamp-3")}>
            <span className="font-medium">{messages.deployments.fix}:</span> {deployment.error.fix}
          </p>
        )}
      </div>
    </div>
  );
}
