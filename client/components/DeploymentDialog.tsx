"use client";

import { useQuery } from "@tanstack/react-query";
import { Rocket } from "lucide-react";
import { useMemo, useRef, type FormEvent } from "react";
import { classes } from "@/lib/class-names";
import { messages } from "@/lib/messages";
import { deployMessages } from "@/lib/messages/deploy";
import { settingsMessages } from "@/lib/messages/settings";
import { suggestedName } from "@/lib/naming";
import { mostInstances } from "@/lib/scale";
import { deploymentQueries } from "@/lib/queries/deployments";
import { modelQueries } from "@/lib/queries/models";
import { EstimatePanel } from "./deploy/estimate-panel";
import { InstanceChoice } from "./deploy/instance-choice";
import { ReleaseFields } from "./deploy/release-fields";
import { Success } from "./deploy/success";
import { Templates } from "./deploy/templates";
import { useDeployForm } from "./deploy/use-deploy-form";
import { useSession } from "./session";
import { ScaleFields } from "./settings/scale-fields";
import { VariableFields } from "./settings/variable-fields";
import { Button } from "./ui/button";
import { Dialog } from "./ui/dialog";
import { Field, inputClasses, TextField } from "./ui/field";
import { Notice } from "./ui/notice";
import { Skeletons } from "./ui/states";

const QUOTA_MS = 10_000;

interface DeploymentDialogProps {
  modelId: string;
  onClose: () => void;
}

/** Configure, deploy, success: one model becomes a deployment. */
export function DeploymentDialog({ modelId, onClose }: DeploymentDialogProps) {
  const { user } = useSession();
  const model = useQuery(modelQueries.model(modelId));
  return (
    <Dialog open wide onClose={onClose} title={model.data ? deployMessages.of(model.data.model_name) : deployMessages.title} description={deployMessages.lead}>
      {model.data && user ? (
        <DeployForm userId={user.id} modelId={modelId} modelName={model.data.model_name} onClose={onClose} />
      ) : (
        <div className="space-y-3 p-5">
          {model.error ? <Notice error={model.error} again={() => void model.refetch()} busy={model.isFetching} /> : <Skeletons count={3} className="h-12" />}
        </div>
      )}
    </Dialog>
  );
}

function DeployForm({ userId, modelId, modelName, onClose }: { userId: string; modelId: string; modelName: string; onClose: () => void }) {
  const form = useDeployForm(userId, modelId, suggestedName(modelName));
  // Others deploy meanwhile: what has room is asked again while the dialog is open.
  const types = useQuery({ ...deploymentQueries.instanceTypes(), refetchInterval: QUOTA_MS });
  const endpoints = useOwnEndpoints();
  const element = useRef<HTMLFormElement>(null);
  const { draft, change, errors } = form;
  const hasVariables = draft.variables.length > 0;

  function submit(event: FormEvent) {
    event.preventDefault();
    if (form.submit()) requestAnimationFrame(() => element.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus());
  }

  if (form.done) return <Success name={draft.deployment_name} accepted={form.done} />;
  return (
    <form ref={element} noValidate onSubmit={submit} className="flex min-h-0 flex-col">
      <div className="space-y-5 overflow-y-auto p-5">
        <Templates draft={draft} change={change} />
        <div className="grid gap-5 sm:grid-cols-2">
          <TextField
            label={deployMessages.name}
            hint={deployMessages.nameRule}
            error={errors.deployment_name}
            value={draft.deployment_name}
            autoComplete="off"
            spellCheck={false}
            required
            onChange={(event) => change({ deployment_name: event.target.value })}
          />
          <TextField
            label={deployMessages.endpoint}
            optional
            hint={deployMessages.endpointHint}
            error={errors.endpoint_name}
            value={draft.endpoint_name}
            autoComplete="off"
            spellCheck={false}
            list="own-endpoints"
            onChange={(event) => change({ endpoint_name: event.target.value })}
          />
          <datalist id="own-endpoints">
            {endpoints.map((name) => (
              <option key={name} value={name} />
            ))}
          </datalist>
        </div>
        {types.data && (
          <InstanceChoice
            types={types.data}
            chosen={draft.instance_type}
            count={mostInstances(draft)}
            error={errors.instance_type}
            onChoose={(instance_type) => change({ instance_type })}
          />
        )}
        {types.isPending && <Skeletons count={1} className="h-56" />}
        {types.error && <Notice error={types.error} again={() => void types.refetch()} busy={types.isFetching} />}
        <div className="grid items-start gap-5 sm:grid-cols-2">
          <ScaleFields draft={draft} errors={errors} onChange={change} />
          <EstimatePanel modelId={modelId} draft={draft} type={types.data?.find((each) => each.name === draft.instance_type)} onChoose={(instance_type) => change({ instance_type })} />
        </div>
        <Field label={deployMessages.description} optional error={errors.description}>
          {(ids) => (
            <textarea {...ids} rows={2} value={draft.description} className={classes(inputClasses, "py-2")} onChange={(event) => change({ description: event.target.value })} />
          )}
        </Field>
        <details className="rounded-xl border px-4 py-3" open={hasVariables || undefined}>
          <summary className="w-fit text-sm font-medium">{settingsMessages.variables.title}</summary>
          <div className="mt-4">
            <VariableFields rows={draft.variables} onChange={(variables) => change({ variables })} />
          </div>
        </details>
        <ReleaseFields
          draft={draft.release}
          errors={errors}
          isFirst={!endpoints.includes(draft.endpoint_name.trim().toLowerCase())}
          onChange={(fields) => change({ release: { ...draft.release, ...fields } })}
        />
        {form.problem && (
          <Notice error={form.problem} title={form.problem.passes ? deployMessages.lost : undefined} again={form.problem.passes ? () => void form.submit() : undefined} busy={form.busy} />
        )}
      </div>
      <footer className="flex flex-wrap justify-end gap-2 border-t px-5 py-4">
        <Button onClick={onClose}>{messages.cancel}</Button>
        <Button look="primary" type="submit" busy={form.busy}>
          {!form.busy && <Rocket aria-hidden />}
          {form.busy ? deployMessages.submitting : deployMessages.submit}
        </Button>
      </footer>
    </form>
  );
}

/** Endpoints that the user has: another deployment can go to each of them. */
function useOwnEndpoints(): string[] {
  const { data } = useQuery(deploymentQueries.recent());
  return useMemo(() => [...new Set(data?.deployments.filter((each) => each.status === "active" || each.status === "asleep").map((each) => each.endpoint_name))], [data]);
}
