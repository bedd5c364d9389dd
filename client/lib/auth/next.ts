export const HOME = "/dashboard/deployments/";

/** Where to go after signing in: a path of this site, never another one. */
export function nextPath(search: string): string {
  const wanted = new URLSearchParams(search).get("next");
  if (!wanted || !wanted.startsWith("/")) return HOME;
  const url = new URL(wanted, location.origin);
  return url.origin === location.origin && url.pathname.startsWith("/dashboard") ? url.pathname + url.search : HOME;
}

export const signInPath = (from: string) => `/sign-in/?next=${encodeURIComponent(from)}`;
