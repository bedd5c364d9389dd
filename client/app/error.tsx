"use client";

import { Crashed } from "@/components/crashed";

/** A mistake of ours on a page, in place of a blank one. */
export default function PageFailed({ error }: { error: Error }) {
  return <Crashed error={error} height="min-h-[60dvh]" />;
}
