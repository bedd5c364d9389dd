import { accessToken } from "./auth/session";
import { config } from "./config";
import { registerModel, encoded, type Model } from "./api/models";
import { problemFrom, problemOf, signedOut, type Problem } from "./api/problem";

export interface Upload {
  id: string;
  file: File;
  /** Where the file lies in the bucket, the same in every attempt. */
  path: string;
  stage: "sending" | "saving" | "done" | "failed" | "cancelled";
  sent: number;
  /** The file has arrived: what is left is its row. */
  stored: boolean;
  problem: Problem | null;
}

const CHARACTERS = /[^A-Za-z0-9._-]+/g;
const LONGEST_NAME = 80;

export function newUpload(file: File, userId: string): Upload {
  const id = crypto.randomUUID();
  const name = file.name.normalize("NFKD").replace(CHARACTERS, "-").replace(/^[.-]+/, "").slice(-LONGEST_NAME) || "model";
  return { id, file, path: `${userId}/${id.slice(0, 8)}-${name}`, stage: "sending", sent: 0, stored: false, problem: null };
}

/** "iris.v2.joblib" is the model "iris.v2". */
export const modelNameOf = (file: File) => file.name.replace(/\.(joblib|pkl|pickle|skops|zip|tar|json|ubj|txt)$/i, "").slice(0, 200) || "model";

/**
 * Store the file, then add its row; goes on where an earlier attempt of the same upload stopped.
 * `tell` hears of each step. Raises Problem; an aborted `signal` ends it silently with null.
 */
export async function carryOut(upload: Upload, tell: (change: Partial<Upload>) => void, signal: AbortSignal): Promise<Model | null> {
  try {
    if (!upload.stored) {
      tell({ stage: "sending", sent: 0, problem: null });
      await store(upload, (sent) => tell({ sent }), signal);
      tell({ stored: true, sent: upload.file.size });
    }
    tell({ stage: "saving", problem: null });
    const model = await registerModel(modelNameOf(upload.file), upload.path);
    tell({ stage: "done" });
    return model;
  } catch (thrown) {
    if (signal.aborted) tell({ stage: "cancelled" });
    else tell({ stage: "failed", problem: problemOf(thrown) });
    return null;
  }
}

/** XMLHttpRequest, because fetch does not tell how far an upload is. */
async function store(upload: Upload, progress: (sent: number) => void, signal: AbortSignal): Promise<void> {
  const [{ supabase_url, publishable_key }, token] = await Promise.all([config(), accessToken()]);
  if (!token) throw signedOut();
  await new Promise<void>((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `${supabase_url}/storage/v1/object/models/${encoded(upload.path)}`);
    request.setRequestHeader("apikey", publishable_key);
    request.setRequestHeader("Authorization", `Bearer ${token}`);
    // An attempt whose answer was lost has stored the file: it is replaced by the same one.
    request.setRequestHeader("x-upsert", "true");
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.onprogress = (event) => progress(event.loaded);
    request.onload = () => (request.status < 300 ? resolve() : reject(problemFrom(new Response(null, { status: request.status }), parsed(request.responseText))));
    request.onerror = () => reject(new TypeError("The upload's connection broke."));
    request.onabort = () => reject(new DOMException("The upload was cancelled.", "AbortError"));
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(upload.file);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
