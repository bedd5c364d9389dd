"use client";

import { useState } from "react";
import type { DeploymentDetail } from "@/lib/api/deployments";
import type { InstanceType } from "@/lib/api/instance-types";
import { money } from "@/lib/format";
import { settingsMessages } from "@/lib/messages/settings";
import { fewestInstances, mostInstances, scaleOf, scalePatch, wrongScale, type ScaleDraft } from "@/lib/scale";
import { hourly } from "../deployments/cost";
import { Part, type Following } from "./part";
import { ScaleFields } from "./scale-fields";

const text = settingsMessages.scale;

/** How many instances, and what that costs. */
export function Scale({ detail, types, ...following }: Following & { detail: DeploymentDetail; types: InstanceType[] | undefined }) {
  const [changed, change] = useState<ScaleDraft | null>(null);
  const draft = changed ?? scaleOf(detail);
  const errors = wrongScale(draft);
  const isWrong = Object.keys(errors).length > 0;
  const [least, most] = [fewestInstances(draft), mostInstances(draft)].map((instance_count) => hourly({ ...detail, instance_count }, types));
  return (
    <Part {...following} id={detail.id} title={text.title} lead={text.lead} save={text.save} patch={isWrong ? null : scalePatch(detail, draft)} onUndo={() => change(null)}>
      <ScaleFields draft={draft} errors={errors} onChange={(fields) => change({ ...draft, ...fields })} />
      <p className="text-sm text-quiet" aria-live="polite">
        {!isWrong && least != null && most != null && (least === most ? text.cost(money(most)) : text.costs(money(least), money(most)))}
      </p>
    </Part>
  );
}
