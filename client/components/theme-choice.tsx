"use client";

import { Monitor, Moon, Sun } from "lucide-react";
import { useEffect, useState, type ReactNode } from "react";
import { classes } from "@/lib/class-names";
import { messages } from "@/lib/messages";
import { remember, remembered } from "@/lib/storage";

type Theme = "light" | "dark" | "system";
const KEY = "slipway.theme";
const CHOICES: [Theme, string, ReactNode][] = [
  ["light", messages.theme.light, <Sun key="light" />],
  ["dark", messages.theme.dark, <Moon key="dark" />],
  ["system", messages.theme.system, <Monitor key="system" />],
];

/** Light, dark, or as the system has it; remembered, and the same in all tabs. */
export function ThemeChoice() {
  const [theme, setTheme] = useState<Theme>("system");

  useEffect(() => {
    const read = () => setTheme((remembered(KEY, "local") as Theme | null) ?? "system");
    const apply = () => show((remembered(KEY, "local") as Theme | null) ?? "system");
    const changed = () => (read(), apply());
    read();
    const system = matchMedia("(prefers-color-scheme: dark)");
    system.addEventListener("change", apply);
    addEventListener("storage", changed);
    return () => {
      system.removeEventListener("change", apply);
      removeEventListener("storage", changed);
    };
  }, []);

  function choose(next: Theme) {
    setTheme(next);
    remember(KEY, next === "system" ? null : next, "local");
    show(next);
  }

  return (
    <fieldset className="flex rounded-lg bg-raised p-0.5">
      <legend className="sr-only">{messages.theme.label}</legend>
      {CHOICES.map(([value, text, icon]) => (
        <label
          key={value}
          title={text}
          className={classes(
            "flex h-8 flex-1 cursor-pointer items-center justify-center rounded-md text-quiet hover:text-ink [&_svg]:size-4",
            "has-focus-visible:outline-2 has-focus-visible:outline-accent",
            theme === value && "bg-surface text-ink shadow-xs",
          )}
        >
          <input type="radio" name="theme" value={value} checked={theme === value} onChange={() => choose(value)} className="sr-only" />
          <span aria-hidden>{icon}</span>
          <span className="sr-only">{text}</span>
        </label>
      ))}
    </fieldset>
  );
}

function show(theme: Theme) {
  const dark = theme === "dark" || (theme === "system" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.classList.toggle("dark", dark);
}
