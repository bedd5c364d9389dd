import { CircleX } from "lucide-react";
import type { Deployment } from "@/lib/api/deployments";
import { messages } from "@/lib/messages";

/** Why it failed and what to do, in the words of the service. */
export function FailureBox({ deployment }: { deployment: Deployment }) {
  const text = deployment.error?.message ?? deployment.error_message;
  if (!text) return null;
  return (
    <div className="mt-3 flex gap-2.5 rounded-lg bg-bad-soft p-3 text-sm">
      <CircleX className="mt-0.5 size-4 shrink-0 text-bad" aria-hidden />
      <div className="min-w-0 break-words">
        <p className="font-medium">{text}</p>
        {deployment.error?.fix && (
          <p className="mt-1">
            <span className="font-medium">{messages.deployments.fix}:</span> {deployment.error.fix}
          </p>
        )}
      </div>
    </div>
  );
}
