import { ArrowLeft, CloudUpload, Undo2 } from "lucide-react";
import type { Endpoint } from "@/lib/api/endpoints";
import { endpointMessages } from "@/lib/messages/endpoints";
import { EndpointFigures, Reason, Uri } from "../endpoints/card";
import { TrafficBar } from "../endpoints/traffic-bar";
import { Button } from "../ui/button";
import { buttonClasses } from "../ui/button-classes";
import { Link } from "../ui/link";

const text = endpointMessages.page;

interface HeadProps {
  endpoint: Endpoint;
  busy: boolean;
  /** Null where there is nothing to go back to. */
  onRollBack: (() => void) | null;
}

/** The endpoint's name, who serves now, what it costs, and the way back. */
export function EndpointHead({ endpoint, busy, onRollBack }: HeadProps) {
  const living = endpoint.revisions.filter(({ status }) => status !== "failed");
  return (
    <header className="space-y-4">
      <Link href="/dashboard/endpoints/" className="inline-flex items-center gap-1.5 text-sm text-quiet hover:text-ink">
        <ArrowLeft className="size-4" aria-hidden />
        {text.back}
      </Link>
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <h1 className="min-w-0 flex-1 basis-64 text-2xl font-semibold tracking-tight break-all">{endpoint.name}</h1>
        <div className="flex flex-wrap gap-2">
          {onRollBack && (
            <Button busy={busy} onClick={onRollBack}>
              <Undo2 aria-hidden />
              {endpointMessages.rollBack.action}
            </Button>
          )}
          <Link href="/dashboard/models/" className={buttonClasses("primary")}>
            <CloudUpload aria-hidden />
            {text.addRevision}
          </Link>
        </div>
      </div>
      <div>
        <TrafficBar shares={endpoint.traffic} mirror={endpoint.mirror} names={living.map((revision) => revision.deployment_name).sort()} />
        {endpoint.reason && <Reason text={endpoint.reason} />}
      </div>
      <dl className="grid grid-cols-1 gap-x-6 gap-y-3 text-sm sm:grid-cols-3">
        <EndpointFigures endpoint={endpoint} living={living.length} />
      </dl>
      {endpoint.scoring_uri && <Uri uri={endpoint.scoring_uri} />}
    </header>
  );
}
