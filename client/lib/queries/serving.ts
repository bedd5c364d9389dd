import { queryOptions } from "@tanstack/react-query";
import { getLogs, getSignature, type Container } from "../api/endpoints";

const LOG_LINES = 2_000;

/** Queries about a live deployment: the key of each, how it is asked, how long it holds. */
export const servingQueries = {
  /** Columns and an example row of a live deployment's model; null where the endpoint tells none. */
  signature: (id: string) =>
    queryOptions({ queryKey: ["deployments", "signature", id], queryFn: ({ signal }) => getSignature(id, signal), staleTime: Infinity, retry: false }),
  logs: (id: string, container: Container) =>
    queryOptions({ queryKey: ["logs", id, container], queryFn: ({ signal }) => getLogs(id, container, LOG_LINES, signal), gcTime: 30_000 }),
};
