/** Browser storage that may be blocked or full: then nothing is remembered, and nothing breaks. */
export function remembered(key: string, area: "local" | "session" = "session"): string | null {
  try {
    return store(area).getItem(key);
  } catch {
    return null;
  }
}

export function remember(key: string, value: string | null, area: "local" | "session" = "session"): void {
  try {
    if (value === null) store(area).removeItem(key);
    else store(area).setItem(key, value);
  } catch {
    // Nothing else depends on it.
  }
}

/** Forget what this dashboard kept for one user; the theme stays. */
export function forgetUser(): void {
  for (const area of ["local", "session"] as const) {
    try {
      const kept = store(area);
      for (const key of Object.keys(kept)) {
        if (key.startsWith("slipway.") && key !== "slipway.theme") kept.removeItem(key);
      }
    } catch {
      // Nothing was kept.
    }
  }
}

const store = (area: "local" | "session") => (area === "local" ? localStorage : sessionStorage);
