import type { QueryClient, QueryKey } from "@tanstack/react-query";

/** After a change: all under these keys is asked again, also what is still on its way, which was asked before the change. */
export async function renew(client: QueryClient, ...keys: QueryKey[]) {
  const changed = keys.map((queryKey) => ({ queryKey }));
  await Promise.all(changed.map((filter) => client.cancelQueries(filter)));
  await Promise.all(changed.map((filter) => client.invalidateQueries(filter)));
}
