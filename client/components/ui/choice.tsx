import { classes } from "@/lib/class-names";
import { Field, inputClasses } from "./field";

interface ChoiceProps<Value extends string> {
  label: string;
  value: Value;
  options: Record<Value, string>;
  hint?: string;
  onChange: (value: Value) => void;
}

/** One of a few values, by the browser's own list. */
export function Choice<Value extends string>({ label, value, options, hint, onChange }: ChoiceProps<Value>) {
  return (
    <Field label={label} hint={hint}>
      {(ids) => (
        <select {...ids} value={value} onChange={({ target }) => onChange(target.value as Value)} className={classes(inputClasses, "h-10")}>
          {(Object.entries(options) as [Value, string][]).map(([each, words]) => (
            <option key={each} value={each}>
              {words}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
