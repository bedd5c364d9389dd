"use client";

import { useState } from "react";
import type { DeploymentDetail } from "@/lib/api/deployments";
import { settingsMessages } from "@/lib/messages/settings";
import { areWrong, rowsOf, sameVariables, variablesOf, type Variable } from "@/lib/variables";
import { Part, type Following } from "./part";
import { VariableFields } from "./variable-fields";

const text = settingsMessages.variables;

/** The container's environment, changed as a whole. */
export function VariablesPart({ detail, ...following }: Following & { detail: DeploymentDetail }) {
  const [changed, change] = useState<Variable[] | null>(null);
  const rows = changed ?? rowsOf(detail.environment_variables);
  const wanted = variablesOf(rows);
  const patch = sameVariables(wanted, detail.environment_variables ?? {}) ? {} : { environment_variables: wanted };
  return (
    <Part {...following} id={detail.id} title={text.title} lead={text.lead} save={text.save} patch={areWrong(rows) ? null : patch} onUndo={() => change(null)}>
      <VariableFields rows={rows} onChange={change} />
    </Part>
  );
}
