"use client";

import { useState } from "react";
import { aboutOf, aboutPatch, wrongAbout, type AboutDraft } from "@/lib/about";
import type { DeploymentDetail } from "@/lib/api/deployments";
import { classes } from "@/lib/class-names";
import { exactTime } from "@/lib/format";
import { releaseMessages } from "@/lib/messages/release";
import { settingsMessages } from "@/lib/messages/settings";
import { Choice } from "../ui/choice";
import { Field, inputClasses, TextField } from "../ui/field";
import { Pair } from "../ui/pair";
import { Part, type Following } from "./part";

const text = settingsMessages.about;

/** What only the row holds: what it is for, and when it ends. */
export function About({ detail, ...following }: Following & { detail: DeploymentDetail }) {
  const [changed, setChanged] = useState<AboutDraft | null>(null);
  const draft = changed ?? aboutOf(detail);
  const change = (fields: Partial<AboutDraft>) => setChanged({ ...draft, ...fields });
  const errors = wrongAbout(draft);
  const { expires_at: at } = detail;
  const expiry = { keep: text.keep(at && exactTime(at)), after: text.after, ...(at && { never: text.never }) } as Record<AboutDraft["expiry"], string>;
  return (
    <Part {...following} id={detail.id} title={text.title} lead={text.lead} save={text.save} patch={Object.keys(errors).length > 0 ? null : aboutPatch(detail, draft)} onUndo={() => setChanged(null)}>
      <Field label={text.description} error={errors.description}>
        {(ids) => <textarea {...ids} rows={2} value={draft.description} className={classes(inputClasses, "py-2")} onChange={({ target }) => change({ description: target.value })} />}
      </Field>
      <Pair>
        <Choice label={text.expiry} value={draft.expiry} options={expiry} onChange={(chosen) => change({ expiry: chosen })} />
        {draft.expiry === "after" && <TextField label={text.hours} error={errors.hours} value={draft.hours} inputMode="decimal" autoComplete="off" onChange={({ target }) => change({ hours: target.value })} />}
      </Pair>
      {(draft.expiry === "after" || (at && draft.expiry === "keep")) && (
        <Choice label={text.onExpiry} value={draft.on_expiry} options={releaseMessages.expiry} onChange={(on_expiry) => change({ on_expiry })} />
      )}
    </Part>
  );
}
