"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { retryDeployment, type Deployment } from "@/lib/api/deployments";
import { problemOf } from "@/lib/api/problem";
import { messages } from "@/lib/messages";
import { renew } from "@/lib/queries/renew";
import { toast } from "../ui/toast";

/** Runs a failed deployment's request again and leads to the new one. */
export function useRetry(deployment: Deployment) {
  const router = useRouter();
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);

  async function run() {
    if (busy) return;
    setBusy(true);
    try {
      const begun = await retryDeployment(deployment.id);
      toast(messages.deployments.retried(deployment.deployment_name));
      void renew(client, ["deployments"]);
      router.push(`/dashboard/deployments/view/?id=${begun.deployment_id}`);
    } catch (thrown) {
      const problem = problemOf(thrown);
      toast(`${problem.message} ${problem.fix}`, true);
    } finally {
      setBusy(false);
    }
  }

  return { run: () => void run(), busy };
}
