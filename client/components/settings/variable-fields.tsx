import { CircleAlert, Plus, X } from "lucide-react";
import { useId } from "react";
import { classes } from "@/lib/class-names";
import { settingsMessages } from "@/lib/messages/settings";
import { MOST_VARIABLES, wrongVariables, type Variable } from "@/lib/variables";
import { Button } from "../ui/button";
import { inputClasses } from "../ui/field";

const text = settingsMessages.variables;

interface VariableFieldsProps {
  rows: Variable[];
  onChange: (rows: Variable[]) => void;
}

/** Names and values, judged while they are typed. */
export function VariableFields({ rows, onChange }: VariableFieldsProps) {
  const id = useId();
  const wrong = wrongVariables(rows);
  const set = (at: number, fields: Partial<Variable>) => onChange(rows.map((row, place) => (place === at ? { ...row, ...fields } : row)));
  return (
    <div className="space-y-3">
      <p className="rounded-xl bg-warn-soft px-4 py-3 text-sm [overflow-wrap:anywhere]">{text.secrets}</p>
      {rows.length === 0 && <p className="text-sm text-quiet">{text.none}</p>}
      <ul className="space-y-2">
        {rows.map((row, at) => {
          const error = wrong.rows[at];
          const tied = { "aria-invalid": error ? true : undefined, "aria-describedby": error ? `${id}-${at}` : undefined, spellCheck: false, autoComplete: "off" } as const;
          return (
            <li key={at}>
              <div className="grid grid-cols-[minmax(0,2fr)_minmax(0,3fr)_auto] items-center gap-2">
                <input {...tied} aria-label={text.name(at + 1)} placeholder={text.nameHint} value={row.name} maxLength={64} onChange={({ target }) => set(at, { name: target.value })} className={classes(inputClasses, "h-10 font-mono text-[0.8125rem]")} />
                <input {...tied} aria-label={text.value(at + 1)} placeholder={text.valueHint} value={row.value} onChange={({ target }) => set(at, { value: target.value })} className={classes(inputClasses, "h-10 font-mono text-[0.8125rem]")} />
                <Button look="quiet" size="icon" aria-label={text.remove(row.name || String(at + 1))} onClick={() => onChange(rows.filter((_, place) => place !== at))}>
                  <X aria-hidden />
                </Button>
              </div>
              {error && <Wrong id={`${id}-${at}`} text={error} />}
            </li>
          );
        })}
      </ul>
      {wrong.all && <Wrong id={`${id}-all`} text={wrong.all} />}
      <Button size="small" disabled={rows.length >= MOST_VARIABLES} onClick={() => onChange([...rows, { name: "", value: "" }])}>
        <Plus aria-hidden />
        {text.add}
      </Button>
    </div>
  );
}

function Wrong({ id, text: why }: { id: string; text: string }) {
  return (
    <p id={id} role="alert" className="mt-1 flex gap-1.5 text-[0.8125rem] text-bad">
      <CircleAlert className="mt-0.5 size-4 shrink-0" aria-hidden />
      <span className="min-w-0 break-words">{why}</span>
    </p>
  );
}
