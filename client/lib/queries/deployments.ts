import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { getDeployment, getDeploymentStats, listDeployments, type DeploymentStatus } from "../api/deployments";
import { listInstanceTypes } from "../api/instance-types";
import { AWAY_MS, PAGE_SIZE } from "./pace";

/** Queries about deployments and the sizes that they run on: the key of each, how it is asked, how long it holds. */
export const deploymentQueries = {
  deployments: (status: DeploymentStatus | undefined, search: string) =>
    infiniteQueryOptions({
      queryKey: ["deployments", "list", status ?? "all", search],
      queryFn: ({ pageParam, signal }) =>
        listDeployments({ status, search: search || undefined, cursor: pageParam, limit: PAGE_SIZE }, signal),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: (page) => page.next_cursor ?? undefined,
    }),
  /** The newest ones, whatever their status. */
  recent: () =>
    queryOptions({ queryKey: ["deployments", "recent"], queryFn: ({ signal }) => listDeployments({ limit: 100 }, signal), staleTime: 10_000 }),
  stats: () =>
    queryOptions({ queryKey: ["deployments", "stats"], queryFn: ({ signal }) => getDeploymentStats(signal) }),
  deployment: (id: string) =>
    queryOptions({ queryKey: ["deployments", "one", id], queryFn: ({ signal }) => getDeployment(id, signal) }),
  instanceTypes: () =>
    queryOptions({
      queryKey: ["instance-types"],
      queryFn: ({ signal }) => listInstanceTypes(signal),
      staleTime: 30_000,
      // The region's prices are not known while Azure ML does not answer.
      refetchInterval: ({ state }) => (state.data?.every((type) => type.usd_per_hour == null) ? AWAY_MS : false),
    }),
};
