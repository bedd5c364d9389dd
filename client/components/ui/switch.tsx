import { classes } from "@/lib/class-names";

export function Switch({ label, title, checked, onChange }: { label: string; title?: string; checked: boolean; onChange: (on: boolean) => void }) {
  return (
    <label className="flex cursor-pointer items-center gap-2 text-sm whitespace-nowrap" title={title}>
      <span
        className={classes(
          "relative inline-block h-5 w-9 rounded-full border transition-colors has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent",
          checked ? "border-transparent bg-accent" : "border-control bg-raised",
        )}
      >
        <input type="checkbox" role="switch" className="absolute inset-0 m-0 cursor-pointer opacity-0" checked={checked} onChange={(event) => onChange(event.target.checked)} />
        <span
          aria-hidden
          className={classes("pointer-events-none absolute top-0.5 left-0.5 size-3.5 rounded-full transition-transform", checked ? "translate-x-4 bg-accent-ink" : "bg-control")}
        />
      </span>
      {label}
    </label>
  );
}
