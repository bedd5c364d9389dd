"use client";

import { useQueryClient } from "@tanstack/react-query";
import { CloudUpload, X } from "lucide-react";
import { useRef, useState, type DragEvent } from "react";
import { classes } from "@/lib/class-names";
import { bytes } from "@/lib/format";
import { messages } from "@/lib/messages";
import { uploadMessages } from "@/lib/messages/models";
import { carryOut, newUpload, type Upload } from "@/lib/upload";
import { useSession } from "../session";
import { Button } from "../ui/button";
import { toast } from "../ui/toast";
import { Notice } from "../ui/notice";
import { Problem } from "@/lib/api/problem";
import { renew } from "@/lib/queries/renew";

/** Files dropped or chosen become models: progress, cancel, and going on after a failure. */
export function Uploads() {
  const { user } = useSession();
  const client = useQueryClient();
  const [uploads, setUploads] = useState<Upload[]>([]);
  const [over, setOver] = useState(false);
  const aborts = useRef(new Map<string, AbortController>());
  const input = useRef<HTMLInputElement>(null);

  const change = (id: string, how: Partial<Upload>) =>
    setUploads((all) => all.map((each) => (each.id === id ? { ...each, ...how } : each)));
  const forget = (id: string) => setUploads((all) => all.filter((each) => each.id !== id));

  async function run(upload: Upload) {
    const abort = new AbortController();
    aborts.current.set(upload.id, abort);
    const model = await carryOut(upload, (how) => change(upload.id, how), abort.signal);
    aborts.current.delete(upload.id);
    if (!model) return;
    toast(uploadMessages.done(upload.file.name));
    forget(upload.id);
    await renew(client, ["models"]);
  }

  function take(files: FileList | null) {
    if (!user || !files) return;
    for (const file of files) {
      const upload = newUpload(file, user.id);
      if (file.size === 0) {
        upload.stage = "failed";
        upload.problem = new Problem("empty_file", uploadMessages.empty, uploadMessages.emptyFix, 400);
      }
      setUploads((all) => [upload, ...all]);
      if (file.size > 0) void run(upload);
    }
  }

  function drop(event: DragEvent) {
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer.files);
  }

  return (
    <section aria-label={uploadMessages.title} className="space-y-3">
      <div
        onDragOver={(event) => (event.preventDefault(), setOver(true))}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
        className={classes(
          "flex flex-wrap items-center justify-center gap-x-4 gap-y-2 rounded-2xl border border-dashed px-5 py-5 text-center",
          over ? "border-accent bg-accent-soft" : "border-control bg-surface",
        )}
      >
        <CloudUpload className="size-6 text-accent" aria-hidden />
        <p>
          {uploadMessages.drop}{" "}
          <button type="button" className="link underline" onClick={() => input.current?.click()}>
            {uploadMessages.choose}
          </button>
        </p>
        <p className="text-sm text-quiet">{uploadMessages.kinds}</p>
        <input
          ref={input}
          type="file"
          multiple
          hidden
          aria-label={uploadMessages.title}
          onChange={(event) => {
            take(event.target.files);
            event.target.value = "";
          }}
        />
      </div>
      {uploads.map((upload) => (
        <UploadLine
          key={upload.id}
          upload={upload}
          onCancel={() => aborts.current.get(upload.id)?.abort()}
          onAgain={() => void run(upload)}
          onDismiss={() => forget(upload.id)}
        />
      ))}
    </section>
  );
}

interface LineProps {
  upload: Upload;
  onCancel: () => void;
  onAgain: () => void;
  onDismiss: () => void;
}

function UploadLine({ upload, onCancel, onAgain, onDismiss }: LineProps) {
  const { file, stage, sent, stored, problem } = upload;
  const running = stage === "sending" || stage === "saving";
  if (stage === "failed" && problem) {
    const title = stored ? uploadMessages.rowFailed(file.name) : uploadMessages.failed(file.name);
    return (
      <div className="relative">
        <Notice error={problem} title={title} again={file.size > 0 ? onAgain : undefined} className="pr-12" />
        <Dismiss onClick={onDismiss} />
      </div>
    );
  }
  return (
    <div className="relative rounded-xl border bg-surface p-4 pr-12 text-sm">
      <div className="flex flex-wrap justify-between gap-x-4">
        <p className="min-w-0 font-medium break-all">
          {stage === "cancelled" ? uploadMessages.cancelled(file.name) : uploadMessages.uploading(file.name)}
        </p>
        <p className="text-quiet tabular-nums">{stage === "saving" ? uploadMessages.saving : uploadMessages.progress(bytes(sent), bytes(file.size))}</p>
      </div>
      {running && (
        <progress
          className="bar mt-2 block h-1.5 w-full"
          aria-label={uploadMessages.uploading(file.name)}
          value={stage === "saving" ? undefined : sent}
          max={file.size}
        />
      )}
      {stage === "cancelled" && (
        <Button size="small" className="mt-2" onClick={onAgain}>
          {messages.tryAgain}
        </Button>
      )}
      {running ? <Dismiss onClick={onCancel} text={messages.cancel} /> : <Dismiss onClick={onDismiss} />}
    </div>
  );
}

function Dismiss({ onClick, text = uploadMessages.dismiss }: { onClick: () => void; text?: string }) {
  return (
    <button type="button" aria-label={text} title={text} onClick={onClick} className="absolute top-2.5 right-2.5 rounded-lg p-1.5 text-quiet hover:bg-raised hover:text-ink">
      <X className="size-4" aria-hidden />
    </button>
  );
}
