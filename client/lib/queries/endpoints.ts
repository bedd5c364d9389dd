import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { getEndpoint, getOperation, listEndpoints } from "../api/endpoints";
import { PAGE_SIZE } from "./pace";

/** Queries about endpoints, and what runs on them: the key of each, how it is asked, how long it holds. */
export const endpointQueries = {
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
};
