import type { ReactNode } from "react";

/** Two fields beside each other, where there is room. */
export const Pair = ({ children }: { children: ReactNode }) => <div className="grid items-start gap-4 sm:grid-cols-2">{children}</div>;
