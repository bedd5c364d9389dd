import { useQuery } from "@tanstack/react-query";
import type { DeployModelRequest } from "@/lib/api/deployments";
import type { InstanceType } from "@/lib/api/instance-types";
import { problemOf } from "@/lib/api/problem";
import { classes } from "@/lib/class-names";
import type { Draft } from "@/lib/draft";
import { estimateOf, maximumLine, memoryLine, priceLine, wholeRun } from "@/lib/estimate";
import { duration } from "@/lib/format";
import { useDebounced } from "@/lib/hooks/use-debounced";
import { deployMessages } from "@/lib/messages/deploy";
import { fewestInstances } from "@/lib/scale";
import { deployQueries } from "@/lib/queries/deploying";

const TYPING_MS = 300;

interface EstimatePanelProps {
  modelId: string;
  draft: Draft;
  type: InstanceType | undefined;
  onChoose: (instanceType: string) => void;
}

/** What the form would cost, need and take, kept up while it is filled in. */
export function EstimatePanel({ modelId, draft, type, onChoose }: EstimatePanelProps) {
  // As text: the same request is the same value with every render.
  const wanted = JSON.stringify(estimateOf(modelId, draft));
  const asked = useDebounced(wanted, TYPING_MS);
  const request = JSON.parse(asked) as DeployModelRequest | null;
  const { data, error, isFetching } = useQuery(deployQueries.estimate(request));
  const outdated = wanted !== asked;
  const known = outdated || error ? undefined : data;
  const whole = known && wholeRun(known.typical_seconds);
  return (
    <div className="space-y-1 rounded-xl bg-raised px-4 py-3 text-sm text-quiet" aria-live="polite" aria-busy={isFetching}>
      <p className="font-medium text-ink">{deployMessages.total}</p>
      <p>{priceLine(known, type, fewestInstances(draft))}</p>
      {known ? (
        <>
          {maximumLine(known) && <p>{maximumLine(known)}</p>}
          <p className={classes(known.fits === false && "text-warn")}>{memoryLine(known)}</p>
          {known.better_fit && (
            <button type="button" className="text-left text-accent underline" onClick={() => onChoose(known.better_fit!)}>
              {deployMessages.better(known.better_fit)}
            </button>
          )}
          {whole != null && <p>{deployMessages.takes(duration(whole))}</p>}
        </>
      ) : error && !outdated ? (
        <p>{deployMessages.noEstimate(problemOf(error).message)}</p>
      ) : (
        request && <p>{deployMessages.estimating}</p>
      )}
    </div>
  );
}
