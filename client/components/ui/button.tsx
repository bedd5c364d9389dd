import type { ButtonHTMLAttributes, Ref } from "react";
import { LoaderCircle } from "lucide-react";
import { classes } from "@/lib/class-names";

type Look = "primary" | "plain" | "quiet" | "danger";

const LOOKS: Record<Look, string> = {
  primary: "bg-accent text-accent-ink hover:opacity-90 border-transparent shadow-xs",
  plain: "bg-surface text-ink border-control hover:bg-raised",
  quiet: "bg-transparent text-quiet border-transparent hover:bg-raised hover:text-ink",
  danger: "bg-bad text-surface border-transparent hover:opacity-90",
};

export function buttonClasses(look: Look = "plain", size: "normal" | "small" | "icon" = "normal"): string {
  return classes(
    "inline-flex shrink-0 items-center justify-center gap-2 rounded-lg border font-medium whitespace-nowrap",
    "transition-colors disabled:cursor-not-allowed disabled:opacity-55 [&_svg]:size-4 [&_svg]:shrink-0",
    size === "normal" && "h-10 px-4 text-sm",
    size === "small" && "h-8 px-3 text-[0.8125rem]",
    size === "icon" && "size-9",
    LOOKS[look],
  );
}

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  look?: Look;
  size?: "normal" | "small" | "icon";
  busy?: boolean;
  ref?: Ref<HTMLButtonElement>;
}

/** While `busy` it turns, and clicks do nothing; it keeps the focus. */
export function Button({ look, size, busy, className, children, onClick, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      aria-busy={busy || undefined}
      aria-disabled={busy || undefined}
      onClick={busy ? (event) => event.preventDefault() : onClick}
      className={classes(buttonClasses(look, size), busy && "opacity-75", className)}
    >
      {busy && <LoaderCircle className="animate-spin-slow" aria-hidden />}
      {children}
    </button>
  );
}
