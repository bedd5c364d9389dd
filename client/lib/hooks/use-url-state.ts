"use client";

import { useSearchParams } from "next/navigation";
import { useCallback } from "react";

/**
 * One value of the address: reloads, links and the back button know it. An empty value leaves the
 * address. `push` makes a step for the back button. What it `resets` leaves the address with any change.
 */
export function useUrlState(name: string, resets = ""): [string, (value: string, how?: "replace" | "push") => void] {
  const params = useSearchParams();
  const set = useCallback(
    (value: string, how: "replace" | "push" = "replace") => {
      const next = new URLSearchParams(location.search);
      if (value) next.set(name, value);
      else next.delete(name);
      if (resets) next.delete(resets);
      const query = next.size ? `?${next}` : "";
      history[how === "push" ? "pushState" : "replaceState"](null, "", location.pathname + query);
    },
    [name, resets],
  );
  return [params.get(name) ?? "", set];
}
