"use client";

import { useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { Suspense, useEffect, useState } from "react";
import { Head } from "@/components/deployment/head";
import { Timeline } from "@/components/deployment/timeline";
import { buttonClasses } from "@/components/ui/button-classes";
import { Link } from "@/components/ui/link";
import { Notice } from "@/components/ui/notice";
import { PageHead, Skeletons } from "@/components/ui/states";
import { Tabs } from "@/components/ui/tabs";
import { Problem } from "@/lib/api/problem";
import { useUrlState } from "@/lib/hooks/use-url-state";
import { lazily } from "@/lib/lazily";
import { messages } from "@/lib/messages";
import { deploymentMessages } from "@/lib/messages/deployment";
import { deploymentQueries } from "@/lib/queries/deployments";
import { whenAway } from "@/lib/queries/pace";

const DeleteDialog = lazily(() => import("@/components/deployments/delete-dialog").then((module) => module.DeleteDialog));
const TryIt = lazily(() => import("@/components/deployment/try-it").then((module) => module.TryIt));
const Logs = lazily(() => import("@/components/deployment/logs").then((module) => module.Logs));
const ReleaseProgress = lazily(() => import("@/components/endpoint/release-progress").then((module) => module.ReleaseProgress));
const Settings = lazily(() => import("@/components/settings/settings").then((module) => module.Settings));
const Keys = lazily(() => import("@/components/deployment/keys").then((module) => module.Keys));

/** Often enough that a timeline moves; a phase of Azure's takes minutes. */
const FOLLOW_MS = 1_000;

export default function DeploymentPage() {
  return (
    <Suspense fallback={<Skeletons count={2} className="h-40" />}>
      <View />
    </Suspense>
  );
}

function View() {
  const router = useRouter();
  const [id] = useUrlState("id");
  const [tab, setTab] = useUrlState("tab");
  const [deleting, setDeleting] = useState(false);
  const types = useQuery(deploymentQueries.instanceTypes()).data;
  const { data: detail, error, refetch, isFetching } = useQuery({
    ...deploymentQueries.deployment(id),
    enabled: !!id,
    refetchInterval: (query) => (query.state.error ? whenAway(query.state.error) : query.state.data?.status === "deploying" ? FOLLOW_MS : false),
  });
  useEffect(() => {
    document.title = `${detail?.deployment_name ?? messages.deployments.title} · ${messages.product}`;
  }, [detail?.deployment_name]);

  const missing = !id || (error instanceof Problem && (error.status === 404 || error.status === 422));
  if (missing) return <Missing />;
  if (!detail) {
    return error ? <Notice error={error} again={() => void refetch()} busy={isFetching} /> : <Loading />;
  }
  const timeline = (
    <div className="space-y-4">
      {detail.release && detail.release.strategy !== "all_at_once" && <ReleaseProgress detail={detail} />}
      <Timeline detail={detail} />
    </div>
  );
  const overview = { value: "timeline", text: deploymentMessages.tabs.overview, content: timeline };
  const settings = { value: "settings", text: deploymentMessages.tabs.settings, content: <Settings detail={detail} types={types} /> };
  const live = [
    { value: "try", text: deploymentMessages.tabs.score, content: <TryIt detail={detail} /> },
    { value: "logs", text: deploymentMessages.tabs.logs, content: <Logs detail={detail} /> },
    { value: "keys", text: deploymentMessages.tabs.keys, content: <Keys detail={detail} /> },
  ];
  // Without a container there is nobody to ask, no log, and maybe no endpoint that has keys.
  const tabs = detail.status === "asleep" ? [overview, settings] : [overview, ...live, settings];
  return (
    <div className="space-y-6">
      <Head detail={detail} types={types} onDelete={() => setDeleting(true)} />
      {error && <Notice error={error} again={() => void refetch()} busy={isFetching} />}
      <Tabs
        label={deploymentMessages.tabsLabel}
        value={tabs.some((each) => each.value === tab) ? tab : "timeline"}
        onChange={(next) => setTab(next === "timeline" ? "" : next)}
        tabs={tabs}
      />
      {deleting && (
        <DeleteDialog deployment={detail} types={types} onClose={() => setDeleting(false)} onDeleted={() => router.replace("/dashboard/deployments/")} />
      )}
    </div>
  );
}

function Loading() {
  return (
    <div className="space-y-4">
      <Skeletons count={1} className="h-32" />
      <Skeletons count={1} className="h-96" />
    </div>
  );
}

function Missing() {
  return (
    <div className="space-y-4">
      <PageHead title={deploymentMessages.missing} lead={deploymentMessages.missingFix} />
      <Link href="/dashboard/deployments/" className={buttonClasses("primary")}>
        {messages.problems.home}
      </Link>
    </div>
  );
}
