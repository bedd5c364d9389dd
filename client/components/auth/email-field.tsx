"use client";

import { messages } from "@/lib/messages";
import { TextField } from "../ui/field";

/** The address that somebody signs in with. */
export function EmailField({ value, error, onChange }: { value: string; error?: string | null; onChange: (value: string) => void }) {
  return (
    <TextField
      label={messages.auth.email}
      type="email"
      autoComplete="username"
      value={value}
      error={error}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}
