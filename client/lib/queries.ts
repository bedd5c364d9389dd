import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import {
  estimateDeployment,
  getDeployment,
  getDeploymentStats,
  listDeployments,
  type DeploymentStatus,
  type DeployModelRequest,
} from "./api/deployments";
import { getBatch } from "./api/batches";
import { getEndpoint, getLogs, getOperation, getSignature, listEndpoints, type Container } from "./api/endpoints";
import { listInstanceTypes } from "./api/instance-types";
import { getLimits, getModel, listModels } from "./api/models";
import { listTemplates } from "./api/templates";

const PAGE_SIZE = 50;
const LOG_LINES = 2_000;
export const POLL_MS = 2_000;
/** How often a page asks again while the service is away. */
export const AWAY_MS = 5_000;

/** Every query of the dashboard: its key, how it is asked, how long it holds. */
export const queries = {
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
  /** Columns and an example row of a live deployment's model; null where the endpoint tells none. */
  signature: (id: string) =>
    queryOptions({ queryKey: ["deployments", "signature", id], queryFn: ({ signal }) => getSignature(id, signal), staleTime: Infinity, retry: false }),
  logs: (id: string, container: Container) =>
    queryOptions({ queryKey: ["logs", id, container], queryFn: ({ signal }) => getLogs(id, container, LOG_LINES, signal), gcTime: 30_000 }),
  endpoints: (search: string) =>
    infiniteQueryOptions({
      queryKey: ["endpoints", "list", search],
      queryFn: ({ pageParam, signal }) => listEndpoints({ search: search || undefined, cursor: pageParam, limit: PAGE_SIZE }, signal),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: (page) => page.next_cursor ?? undefined,
    }),
  endpoint: (name: string) =>
    queryOptions({ queryKey: ["endpoints", "one", name], queryFn: ({ signal }) => getEndpoint(name, signal) }),
  operation: (id: string) =>
    queryOptions({ queryKey: ["operations", id], queryFn: ({ signal }) => getOperation(id, signal) }),
  batch: (id: string) => queryOptions({ queryKey: ["batches", id], queryFn: ({ signal }) => getBatch(id, signal) }),
  models: (search: string) =>
    infiniteQueryOptions({
      queryKey: ["models", "list", search],
      queryFn: ({ pageParam, signal }) => listModels({ search: search || undefined, cursor: pageParam, limit: PAGE_SIZE }, signal),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: (page) => page.next_cursor ?? undefined,
    }),
  /** With the scan's verdict. */
  model: (id: string) =>
    queryOptions({ queryKey: ["models", "one", id], queryFn: ({ signal }) => getModel(id, signal), staleTime: Infinity }),
  /** Asked anew whenever the request changes; an outdated one is cancelled. */
  estimate: (request: DeployModelRequest | null) =>
    queryOptions({
      queryKey: ["estimate", request],
      queryFn: ({ signal }) => estimateDeployment(request!, signal),
      enabled: request !== null,
      staleTime: 30_000,
      retry: false,
    }),
  templates: () => queryOptions({ queryKey: ["templates"], queryFn: ({ signal }) => listTemplates(signal), staleTime: 30_000 }),
  limits: () => queryOptions({ queryKey: ["limits"], queryFn: ({ signal }) => getLimits(signal) }),
  instanceTypes: () =>
    queryOptions({
      queryKey: ["instance-types"],
      queryFn: ({ signal }) => listInstanceTypes(signal),
      staleTime: 30_000,
      // The region's prices are not known while Azure ML does not answer.
      refetchInterval: ({ state }) => (state.data?.every((type) => type.usd_per_hour == null) ? AWAY_MS : false),
    }),
};
