import { useId } from "react";
import { classes } from "@/lib/class-names";
import { endpointMessages } from "@/lib/messages/endpoints";
import { inputClasses } from "../ui/field";

interface ShareSliderProps {
  /** For screen readers. */
  label: string;
  name: string;
  share: number;
  least?: number;
  most: number;
  onChange: (share: number) => void;
}

/** One percentage, by slider or as a number. */
export function ShareSlider({ label, name, share, least = 0, most, onChange }: ShareSliderProps) {
  const id = useId();
  const limits = { min: least, max: most, step: 1, value: share };
  return (
    <div className="grid grid-cols-[1fr_auto] items-center gap-x-4 gap-y-1 sm:grid-cols-[minmax(0,12rem)_1fr_auto]">
      <label htmlFor={id} className="min-w-0 text-sm font-medium break-all max-sm:col-span-2">
        {name}
      </label>
      <input id={id} type="range" aria-label={label} aria-valuetext={`${share} ${endpointMessages.split.percent}`} {...limits} onChange={(event) => onChange(event.target.valueAsNumber)} className="w-full accent-(--accent)" />
      <span className="flex items-center gap-1.5 text-sm text-quiet">
        <input
          type="number"
          inputMode="numeric"
          aria-label={`${label}, ${endpointMessages.split.percent}`}
          {...limits}
          onChange={(event) => onChange(Math.min(most, Math.max(least, event.target.valueAsNumber || 0)))}
          className={classes(inputClasses, "plain-number h-9 w-16! text-center tabular-nums")}
        />
        <span aria-hidden>{endpointMessages.split.percent}</span>
      </span>
    </div>
  );
}
