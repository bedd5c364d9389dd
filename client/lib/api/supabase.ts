import { accessToken, renewedToken } from "@/lib/auth/session";
import { config } from "@/lib/config";
import { Problem, problemFrom, problemOf, signedOut } from "./problem";

/** A call of Supabase's own REST or Storage API, as the signed-in user. Raises Problem. */
export async function supabase(path: string, init: RequestInit = {}): Promise<Response> {
  const { supabase_url, publishable_key } = await config();
  const send = (token: string) => {
    const headers = new Headers(init.headers);
    headers.set("apikey", publishable_key);
    headers.set("Authorization", `Bearer ${token}`);
    return fetch(`${supabase_url}${path}`, { ...init, headers });
  };
  try {
    const token = await accessToken();
    if (!token) throw signedOut();
    let reply = await send(token);
    if (reply.status === 401) {
      const renewed = await renewedToken(token);
      if (!renewed) throw signedOut();
      reply = await send(renewed);
    }
    if (!reply.ok) throw problemFrom(reply, await reply.json().catch(() => null));
    return reply;
  } catch (thrown) {
    throw thrown instanceof Problem ? thrown : problemOf(thrown);
  }
}
