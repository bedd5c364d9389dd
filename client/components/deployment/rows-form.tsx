import { Plus, X } from "lucide-react";
import { scoreMessages } from "@/lib/messages/deployment";
import { typed, wrongCell, type Column, type Signature, type TypedRow } from "@/lib/signature";
import { Button } from "../ui/button";
import { Field, inputClasses, TextField } from "../ui/field";

const text = scoreMessages;

interface RowsFormProps {
  signature: Signature;
  rows: TypedRow[];
  onChange: (rows: TypedRow[]) => void;
}

/** One field for each column of the model, for one row or more. */
export function RowsForm({ signature, rows, onChange }: RowsFormProps) {
  const example = typed(signature.example, signature.columns);
  const set = (index: number, name: string, value: string) => onChange(rows.map((row, at) => (at === index ? { ...row, [name]: value } : row)));
  return (
    <div className="space-y-4">
      {rows.map((row, index) => (
        <fieldset key={index} className="relative min-w-0 rounded-xl border bg-surface p-4">
          <legend className="px-1.5 text-sm font-medium text-quiet">{text.row(index + 1)}</legend>
          {rows.length > 1 && (
            <button type="button" aria-label={text.removeRow(index + 1)} onClick={() => onChange(rows.filter((_, at) => at !== index))} className="absolute -top-2 right-2 rounded-md p-1 text-quiet hover:bg-raised hover:text-ink">
              <X className="size-4" aria-hidden />
            </button>
          )}
          <div className="grid gap-3 sm:grid-cols-2">
            {signature.columns.map((column) => (
              <ColumnField key={column.name} column={column} value={row[column.name] ?? ""} onChange={(value) => set(index, column.name, value)} />
            ))}
          </div>
        </fieldset>
      ))}
      <div className="flex flex-wrap gap-2">
        <Button size="small" onClick={() => onChange([...rows, example])}>
          <Plus aria-hidden />
          {text.addRow}
        </Button>
        <Button size="small" look="quiet" onClick={() => onChange([example])}>
          {text.example}
        </Button>
      </div>
    </div>
  );
}

function ColumnField({ column, value, onChange }: { column: Column; value: string; onChange: (value: string) => void }) {
  if (column.type === "boolean") {
    return (
      <Field label={column.name} optional={!column.required}>
        {(ids) => (
          <select {...ids} value={value} onChange={(event) => onChange(event.target.value)} className={`${inputClasses} h-10`}>
            <option value="" />
            <option value="true">true</option>
            <option value="false">false</option>
          </select>
        )}
      </Field>
    );
  }
  return (
    <TextField
      label={column.name}
      optional={!column.required}
      value={value}
      inputMode={column.type === "number" ? "decimal" : undefined}
      error={wrongCell(value, column) ? text.number : null}
      spellCheck={false}
      autoComplete="off"
      onChange={(event) => onChange(event.target.value)}
    />
  );
}
