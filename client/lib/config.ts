/** What differs between places, read at run time from /config.json, which the host writes. */
export interface Config {
  /** The Functions app. */
  functions_url: string;
  supabase_url: string;
  /** Supabase's publishable (anon) key. */
  publishable_key: string;
  /** Users of the local world, offered with one click; nowhere else. */
  demo_users?: { email: string; password: string }[];
}

export class ConfigMissing extends Error {}

let loading: Promise<Config> | undefined;

/** Read once a page load. Raises ConfigMissing; the next call tries again. */
export function config(): Promise<Config> {
  loading ??= read().catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

async function read(): Promise<Config> {
  const reply = await fetch("/config.json");
  if (!reply.ok) throw new ConfigMissing(`/config.json answered ${reply.status}.`);
  const found: unknown = await reply.json().catch(() => null);
  if (!isConfig(found)) throw new ConfigMissing("/config.json is not what the dashboard expects.");
  return { ...found, functions_url: bare(found.functions_url), supabase_url: bare(found.supabase_url) };
}

function isConfig(value: unknown): value is Config {
  if (typeof value !== "object" || value === null) return false;
  const fields = value as Record<string, unknown>;
  return ["functions_url", "supabase_url", "publishable_key"].every((name) => typeof fields[name] === "string");
}

const bare = (url: string) => url.replace(/\/+$/, "");
