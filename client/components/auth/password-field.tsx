"use client";

import { Eye, EyeOff } from "lucide-react";
import { useState, type InputHTMLAttributes } from "react";
import { classes } from "@/lib/class-names";
import { authMessages } from "@/lib/messages/auth";
import { Field, inputClasses } from "../ui/field";

interface PasswordFieldProps extends Omit<InputHTMLAttributes<HTMLInputElement>, "id" | "type"> {
  label: string;
  hint?: string;
  error?: string | null;
}

export function PasswordField({ label, hint, error, ...input }: PasswordFieldProps) {
  const [shown, setShown] = useState(false);
  return (
    <Field label={label} hint={hint} error={error}>
      {(ids) => (
        <div className="relative">
          <input {...ids} {...input} type={shown ? "text" : "password"} className={classes(inputClasses, "h-10 pr-11")} />
          <button
            type="button"
            aria-pressed={shown}
            aria-label={shown ? authMessages.hidePassword : authMessages.showPassword}
            onClick={() => setShown(!shown)}
            className="absolute inset-y-1 right-1 rounded-md px-2 text-quiet hover:text-ink"
          >
            {shown ? <EyeOff className="size-4" aria-hidden /> : <Eye className="size-4" aria-hidden />}
          </button>
        </div>
      )}
    </Field>
  );
}
