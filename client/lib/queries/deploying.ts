import { queryOptions } from "@tanstack/react-query";
import { getBatch } from "../api/batches";
import { estimateDeployment, type DeployModelRequest } from "../api/deployments";
import { listTemplates } from "../api/templates";

/** Queries about what a deployment would be: the key of each, how it is asked, how long it holds. */
export const deployQueries = {
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
  batch: (id: string) => queryOptions({ queryKey: ["batches", id], queryFn: ({ signal }) => getBatch(id, signal) }),
};
