import type { GoTrueClient as AuthClient, Session } from "@supabase/auth-js";
import { config } from "@/lib/config";
import { remembered } from "@/lib/storage";

const KEY = "slipway.auth";
/** A token that ends sooner than this is refreshed before it is used. */
const MARGIN_SECONDS = 60;

export interface User {
  id: string;
  email: string;
}

let loading: Promise<AuthClient> | undefined;

/**
 * Supabase's auth client. It is loaded after the first paint: a page that finds a valid session in
 * storage asks the API without waiting for it.
 */
export function authClient(): Promise<AuthClient> {
  loading ??= load().catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

async function load(): Promise<AuthClient> {
  const [{ AuthClient }, { supabase_url, publishable_key }] = await Promise.all([
    import("@supabase/auth-js"),
    config(),
  ]);
  return new AuthClient({
    url: `${supabase_url}/auth/v1`,
    headers: { apikey: publishable_key, Authorization: `Bearer ${publishable_key}` },
    storageKey: KEY,
    autoRefreshToken: true,
    persistSession: true,
    detectSessionInUrl: true,
  });
}

/** The session in storage, or null; it may have expired. */
export function storedSession(): Session | null {
  try {
    const found = JSON.parse(remembered(KEY, "local") ?? "null") as Session | null;
    return found?.access_token && found.user?.id ? found : null;
  } catch {
    return null;
  }
}

/** A token that holds for another minute, refreshed when needed; null when nobody is signed in. */
export async function accessToken(): Promise<string | null> {
  const stored = storedSession();
  if (stored && holds(stored)) return stored.access_token;
  const { data } = await (await authClient()).getSession();
  return data.session?.access_token ?? null;
}

/** A token newer than `refused`, which the API did not take; null when the session has ended. */
export async function renewedToken(refused: string): Promise<string | null> {
  const stored = storedSession();
  if (stored && holds(stored) && stored.access_token !== refused) return stored.access_token;
  const { data } = await (await authClient()).refreshSession();
  return data.session?.access_token ?? null;
}

export const userOf = (session: Session | null): User | null =>
  session && { id: session.user.id, email: session.user.email ?? "" };

const holds = (session: Session) => (session.expires_at ?? 0) - MARGIN_SECONDS > Date.now() / 1000;
