import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { getLimits, getModel, listModels } from "../api/models";
import { PAGE_SIZE } from "./pace";

/** Queries about the user's models and limits: the key of each, how it is asked, how long it holds. */
export const modelQueries = {
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
  limits: () => queryOptions({ queryKey: ["limits"], queryFn: ({ signal }) => getLimits(signal) }),
};
