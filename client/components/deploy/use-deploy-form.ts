"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { deployModel, type DeployModelRequest, type DeployModelResponse } from "@/lib/api/deployments";
import { problemOf, type Problem } from "@/lib/api/problem";
import { keepDraft, keptDraft, keyFor, requestOf, type Draft } from "@/lib/draft";
import { deployMessages } from "@/lib/messages/deploy";
import { nameProblem } from "@/lib/naming";
import { renew } from "@/lib/queries/renew";
import { USUAL_RELEASE, wrongRelease, type ReleaseDraft } from "@/lib/release";
import { USUAL_SCALE, wrongScale, type ScaleDraft } from "@/lib/scale";
import { remembered } from "@/lib/storage";
import { areWrong } from "@/lib/variables";

export type Fields = "deployment_name" | "endpoint_name" | "instance_type" | "description" | "variables" | keyof ScaleDraft | keyof ReleaseDraft;
export type Errors = Partial<Record<Fields, string>>;

const LONGEST_DESCRIPTION = 1000;
const DEFAULT_TYPE = "Standard_DS1_v2";
/** Where the service's refusals belong; others stand below the form. */
const FIELD_OF: Record<string, Fields> = {
  deployment_name_taken: "deployment_name",
  endpoint_name_taken: "endpoint_name",
};

export function wrongFields(draft: Draft): Errors {
  const errors: Errors = {};
  const name = draft.deployment_name.trim();
  const endpoint = draft.endpoint_name.trim();
  const nameWrong = name ? nameProblem(name) : deployMessages.nameMissing;
  const endpointWrong = endpoint ? nameProblem(endpoint) : null;
  if (nameWrong) errors.deployment_name = nameWrong;
  if (endpointWrong) errors.endpoint_name = endpointWrong;
  if (draft.description.length > LONGEST_DESCRIPTION) errors.description = deployMessages.descriptionLong(draft.description.length);
  // Each variable tells at its row what is wrong with it.
  if (areWrong(draft.variables)) errors.variables = "";
  return { ...errors, ...wrongScale(draft), ...wrongRelease(draft.release) };
}

/**
 * The state of one deployment dialog: what is typed (kept in this tab, so that a reload loses
 * nothing), what is wrong with it, and the request, which has one key however often it is sent.
 */
export function useDeployForm(userId: string, modelId: string, suggested: string) {
  const client = useQueryClient();
  const [draft, setDraft] = useState<Draft>(() => keptDraft(userId, modelId) ?? empty(suggested));
  const [errors, setErrors] = useState<Errors>({});
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const [done, setDone] = useState<DeployModelResponse | null>(null);
  const sending = useRef(false);

  function change(fields: Partial<Draft>) {
    const next = { ...draft, ...fields };
    setDraft(next);
    keepDraft(userId, modelId, next);
    const wrong = wrongFields(next);
    // While typing, only what was touched is judged; the rest when it is sent.
    setErrors((before) => {
      const touched = new Set([...Object.keys(before), ...Object.keys(fields), ...Object.keys(fields.release ? draft.release : {})]);
      return Object.fromEntries(Object.entries(wrong).filter(([field]) => touched.has(field)));
    });
  }

  /** Send the form. Returns the first wrong field, if any. */
  function submit(): Fields | null {
    const wrong = wrongFields(draft);
    setErrors(wrong);
    const first = Object.keys(wrong)[0] as Fields | undefined;
    if (first) return first;
    const request = requestOf(modelId, draft);
    void send(request, keyFor(draft, request));
    return null;
  }

  async function send(request: DeployModelRequest, key: string) {
    if (sending.current) return;
    sending.current = true;
    setBusy(true);
    setProblem(null);
    keepDraft(userId, modelId, { ...draft, pending: { key, request } });
    setDraft((before) => ({ ...before, pending: { key, request } }));
    try {
      setDone(await deployModel(request, key));
      keepDraft(userId, modelId, null);
      void renew(client, ["deployments"]);
    } catch (thrown) {
      refuse(problemOf(thrown));
    } finally {
      sending.current = false;
      setBusy(false);
    }
  }

  function refuse(found: Problem) {
    const field = FIELD_OF[found.code];
    if (field) setErrors((before) => ({ ...before, [field]: `${found.message} ${found.fix}` }));
    else setProblem(found);
    if (found.passes) return;
    // Refused for certain: the next attempt is a request of its own.
    setDraft((before) => {
      const next = { ...before, pending: null };
      if (remembered(`slipway.draft.${userId}.${modelId}`) !== null) keepDraft(userId, modelId, next);
      return next;
    });
  }

  // A reload in the middle of a request: it is sent again, with its key.
  const resumed = useRef(false);
  useEffect(() => {
    if (resumed.current || !draft.pending) return;
    resumed.current = true;
    void send(draft.pending.request, draft.pending.key);
  });

  return { draft, change, errors, problem, busy, done, submit };
}

const empty = (suggested: string): Draft => ({
  deployment_name: suggested,
  endpoint_name: "",
  instance_type: DEFAULT_TYPE,
  ...USUAL_SCALE,
  description: "",
  variables: [],
  release: USUAL_RELEASE,
  pending: null,
});
