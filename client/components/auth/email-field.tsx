"use client";

import { authMessages } from "@/lib/messages/auth";
import { TextField } from "../ui/field";

/** The address that somebody signs in with. */
export function EmailField({ value, error, onChange }: { value: string; error?: string | null; onChange: (value: string) => void }) {
  return (
    <TextField
      label={authMessages.email}
      type="email"
      autoComplete="username"
      value={value}
      error={error}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}
