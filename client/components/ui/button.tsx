import type { ButtonHTMLAttributes, Ref } from "react";
import { LoaderCircle } from "lucide-react";
import { classes } from "@/lib/class-names";
import { buttonClasses, type Look, type Size } from "./button-classes";

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  look?: Look;
  size?: Size;
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
