import type { Revision } from "@/lib/api/endpoints";
import { wordsOfChange } from "@/lib/changes";
import { endpointMessages } from "@/lib/messages/endpoints";

const text = endpointMessages.revision;

/** What is not as in the revision before. */
export function Changes({ revision, first }: { revision: Revision; first: boolean }) {
  const { changed, variables_changed: variables } = revision;
  if (first) return null;
  if (changed.length + variables.length === 0) return <p className="mt-3 text-sm text-quiet">{text.same}</p>;
  return (
    <details className="mt-3 text-sm" open>
      <summary className="w-fit font-medium text-quiet">{text.changed}</summary>
      <ul className="mt-1 list-disc space-y-0.5 pl-5 [overflow-wrap:anywhere]">
        {changed.map((change) => (
          <li key={change.field}>{wordsOfChange(change)}</li>
        ))}
        {variables.length > 0 && <li>{text.variables(variables.join(", "))}</li>}
      </ul>
    </details>
  );
}
