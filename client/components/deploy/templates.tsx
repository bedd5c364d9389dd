"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Save } from "lucide-react";
import { useState } from "react";
import { problemOf, type Problem } from "@/lib/api/problem";
import { saveTemplate } from "@/lib/api/templates";
import { classes } from "@/lib/class-names";
import type { Draft } from "@/lib/draft";
import { templateMessages } from "@/lib/messages/deploy";
import { deployQueries } from "@/lib/queries/deploying";
import { renew } from "@/lib/queries/renew";
import { chosen, settingsOf } from "@/lib/templates";
import { Button } from "../ui/button";
import { Field, inputClasses, TextField } from "../ui/field";
import { Notice } from "../ui/notice";

/** Choose one of the user's templates, or save the form's settings as one. */
export function Templates({ draft, change }: { draft: Draft; change: (fields: Partial<Draft>) => void }) {
  const client = useQueryClient();
  const list = useQuery(deployQueries.templates());
  const [name, setName] = useState("");
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const current = list.data?.find((each) => each.id === draft.template_id);

  async function save() {
    setBusy(true);
    setProblem(null);
    try {
      const made = await saveTemplate(name.trim(), settingsOf(draft));
      await renew(client, ["templates"]);
      change({ template_id: made.id });
      setName("");
    } catch (thrown) {
      setProblem(problemOf(thrown));
    } finally {
      setBusy(false);
    }
  }

  function choose(id: string) {
    const template = list.data?.find((each) => each.id === id);
    change(template ? chosen(template, draft) : { template_id: null });
  }

  return (
    <div className="space-y-3">
      <div className="grid items-end gap-5 sm:grid-cols-2">
        <Field label={templateMessages.choose} optional>
          {(ids) => (
            <select {...ids} value={current?.id ?? ""} className={classes(inputClasses, "h-10")} onChange={(event) => choose(event.target.value)}>
              <option value="">{templateMessages.none}</option>
              {list.data?.map((each) => (
                <option key={each.id} value={each.id}>
                  {each.name}
                </option>
              ))}
            </select>
          )}
        </Field>
        <div className="flex items-end gap-2">
          <div className="grow">
            <TextField label={templateMessages.name} optional value={name} maxLength={100} autoComplete="off" onChange={(event) => setName(event.target.value)} />
          </div>
          <Button busy={busy} disabled={!name.trim()} onClick={() => void save()}>
            {!busy && <Save aria-hidden />}
            {templateMessages.save}
          </Button>
        </div>
      </div>
      {problem && <Notice error={problem} />}
    </div>
  );
}
