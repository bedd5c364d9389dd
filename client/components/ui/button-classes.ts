import { classes } from "@/lib/class-names";

export type Look = "primary" | "plain" | "quiet" | "danger";
export type Size = "normal" | "small" | "icon";

const LOOKS: Record<Look, string> = {
  primary: "bg-accent text-accent-ink hover:opacity-90 border-transparent shadow-xs",
  plain: "bg-surface text-ink border-control hover:bg-raised",
  quiet: "bg-transparent text-quiet border-transparent hover:bg-raised hover:text-ink",
  danger: "bg-bad text-surface border-transparent hover:opacity-90",
};

/** How a button looks, and a link that stands among buttons. */
export function buttonClasses(look: Look = "plain", size: Size = "normal"): string {
  return classes(
    "inline-flex shrink-0 items-center justify-center gap-2 rounded-lg border font-medium whitespace-nowrap",
    "transition-colors disabled:cursor-not-allowed disabled:opacity-55 [&_svg]:size-4 [&_svg]:shrink-0",
    size === "normal" && "h-10 px-4 text-sm",
    size === "small" && "h-8 px-3 text-[0.8125rem]",
    size === "icon" && "size-9",
    LOOKS[look],
  );
}
