"use client";

import type { ReactNode } from "react";
import { Button } from "../ui/button";
import { Notice } from "../ui/notice";
import type { useAuthForm } from "./use-auth-form";

/** The end of a form: what went wrong, and the button that sends it. */
export function Submit({ form, children }: { form: Pick<ReturnType<typeof useAuthForm>, "problem" | "busy">; children: ReactNode }) {
  return (
    <>
      {form.problem && <Notice error={form.problem} />}
      <Button look="primary" type="submit" busy={form.busy} className="w-full">
        {children}
      </Button>
    </>
  );
}
