"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import type { DeploymentDetail } from "@/lib/api/deployments";
import type { InstanceType } from "@/lib/api/instance-types";
import type { Operation } from "@/lib/api/endpoints";
import { useOperation } from "@/lib/hooks/use-operation";
import { useUrlState } from "@/lib/hooks/use-url-state";
import { settingsMessages as text } from "@/lib/messages/settings";
import { renew } from "@/lib/queries/renew";
import { toast } from "../ui/toast";
import { About } from "./about";
import type { Following } from "./part";
import { Scale } from "./scale";
import { VariablesPart } from "./variables";

type PartName = "scale" | "variables" | "about";

/** What can be changed of a deployment that is there; each part is saved by itself and followed where it stands. */
export function Settings({ detail, types }: { detail: DeploymentDetail; types: InstanceType[] | undefined }) {
  const client = useQueryClient();
  // In the address, so that a page that is loaded again goes on following it.
  const [following, follow] = useUrlState("operation");
  const [part, setPart] = useUrlState("changing");
  // Counts what was saved: a part begins anew with what is there then.
  const [saved, setSaved] = useState<Partial<Record<PartName, number>>>({});

  const done = useCallback(
    async (name: PartName, words: string) => {
      toast(words);
      await renew(client, ["deployments"], ["endpoints"]);
      setSaved((before) => ({ ...before, [name]: (before[name] ?? 0) + 1 }));
    },
    [client],
  );
  const onEnd = useCallback(
    (ended: Operation | null) => {
      if (ended?.status === "failed") return;
      follow("");
      setPart("");
      void done(part as PartName, text.changed);
    },
    [done, follow, setPart, part],
  );
  const operation = useOperation(following, onEnd);
  const busy = !!following && operation?.status !== "failed";
  const of = (name: PartName): Following & { key: string; detail: DeploymentDetail } => ({
    key: `${name}-${saved[name] ?? 0}`,
    detail,
    operation: part === name ? operation : undefined,
    busy,
    onBegun: (id) => {
      if (!id) return void done(name, text.saved);
      setPart(name);
      follow(id);
    },
    onDismiss: () => {
      follow("");
      setPart("");
    },
  });
  const [scale, variables, about] = [of("scale"), of("variables"), of("about")];
  return (
    <div className="max-w-3xl space-y-4">
      {detail.status === "active" ? (
        <>
          <Scale {...scale} key={scale.key} types={types} />
          <VariablesPart {...variables} key={variables.key} />
        </>
      ) : (
        <p className="text-quiet">{text.notActive}</p>
      )}
      <About {...about} key={about.key} />
    </div>
  );
}
