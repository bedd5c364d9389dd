import { useId, type InputHTMLAttributes, type ReactNode } from "react";
import { CircleAlert } from "lucide-react";
import { classes } from "@/lib/class-names";
import { messages } from "@/lib/messages";

export const inputClasses =
  "w-full rounded-lg border border-control bg-surface px-3 text-ink placeholder:text-quiet " +
  "aria-invalid:border-bad focus-visible:outline-offset-0 disabled:opacity-60";

interface FieldProps {
  label: string;
  hint?: string;
  error?: string | null;
  optional?: boolean;
  /** At the right of the label. */
  aside?: ReactNode;
  children: (ids: { id: string; "aria-describedby": string | undefined; "aria-invalid": true | undefined }) => ReactNode;
}

/** A label, a control, what it is for, and what is wrong with it: tied together for every reader. */
export function Field({ label, hint, error, optional, aside, children }: FieldProps) {
  const id = useId();
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  return (
    <div className="flex min-w-0 flex-col gap-1.5">
      <div className="flex items-baseline justify-between gap-3">
        <label htmlFor={id} className="text-sm font-medium">
          {label}
          {optional && <span className="ml-1.5 font-normal text-quiet">{messages.optional}</span>}
        </label>
        {aside}
      </div>
      {children({ id, "aria-describedby": described || undefined, "aria-invalid": error ? true : undefined })}
      {hint && !error && (
        <p id={`${id}-hint`} className="text-[0.8125rem] text-quiet">
          {hint}
        </p>
      )}
      {error && (
        <p id={`${id}-error`} className="flex gap-1.5 text-[0.8125rem] text-bad">
          <CircleAlert className="mt-0.5 size-4 shrink-0" aria-hidden />
          <span className="min-w-0 break-words">{error}</span>
        </p>
      )}
    </div>
  );
}

interface TextFieldProps extends Omit<InputHTMLAttributes<HTMLInputElement>, "id"> {
  label: string;
  hint?: string;
  error?: string | null;
  optional?: boolean;
  aside?: ReactNode;
}

export function TextField({ label, hint, error, optional, aside, className, ...input }: TextFieldProps) {
  return (
    <Field label={label} hint={hint} error={error} optional={optional} aside={aside}>
      {(ids) => <input {...ids} {...input} className={classes(inputClasses, "h-10", className)} />}
    </Field>
  );
}
