import type { Shares } from "@/lib/api/endpoints";
import { classes } from "@/lib/class-names";
import { endpointMessages } from "@/lib/messages/endpoints";
import { carrying } from "@/lib/traffic";
import { Field, inputClasses } from "../ui/field";
import { ShareSlider } from "./share-slider";

const text = endpointMessages.split;
const USUAL_SHARE = 10;

interface MirrorFieldProps {
  /** Those without live traffic. */
  names: string[];
  mirror: Shares;
  most: number;
  onChange: (mirror: Shares) => void;
}

/** One revision that gets copies of the requests. */
export function MirrorField({ names, mirror, most, onChange }: MirrorFieldProps) {
  const [chosen, share] = carrying(mirror)[0] ?? ["", USUAL_SHARE];
  const offered = [...new Set([...names, ...(chosen ? [chosen] : [])])];
  if (offered.length === 0) return null;
  return (
    <div className="space-y-3">
      <Field label={text.mirror} hint={text.mirrorHint}>
        {(ids) => (
          <select {...ids} value={chosen} onChange={({ target }) => onChange(target.value ? { [target.value]: share } : {})} className={classes(inputClasses, "h-10 max-w-sm")}>
            <option value="">{text.mirrorNobody}</option>
            {offered.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        )}
      </Field>
      {chosen && <ShareSlider label={text.mirrorShare} name={text.mirrorShare} share={share} least={1} most={most} onChange={(next) => onChange({ [chosen]: next })} />}
    </div>
  );
}
