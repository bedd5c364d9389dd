"use client";

import { RotateCw, Search } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import type { DeploymentStatus } from "@/lib/api/deployments";
import { classes } from "@/lib/class-names";
import { useDebounced } from "@/lib/hooks/use-debounced";
import { messages } from "@/lib/messages";
import { Button } from "../ui/button";
import { inputClasses } from "../ui/field";
import { Switch } from "../ui/switch";

export const FILTERS: { value: DeploymentStatus | ""; text: string }[] = [
  { value: "", text: messages.deployments.all },
  { value: "active", text: messages.status.active },
  { value: "deploying", text: messages.status.deploying },
  { value: "asleep", text: messages.status.asleep },
  { value: "failed", text: messages.status.failed },
];

interface ToolbarProps {
  filter: string;
  onFilter: (value: string) => void;
  search: string;
  onSearch: (value: string) => void;
  auto: boolean;
  onAuto: (on: boolean) => void;
  onRefresh: () => void;
  refreshing: boolean;
}

export function Toolbar({ filter, onFilter, search, onSearch, auto, onAuto, onRefresh, refreshing }: ToolbarProps) {
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-3">
      <SearchBox value={search} onChange={onSearch} label={messages.deployments.search} hint={messages.deployments.searchHint} />
      <fieldset className="flex max-w-full min-w-0 gap-0.5 overflow-x-auto rounded-lg border bg-surface p-0.5">
        <legend className="sr-only">{messages.deployments.filters}</legend>
        {FILTERS.map(({ value, text }) => (
          <label
            key={value}
            className={classes(
              "flex h-8.5 cursor-pointer items-center rounded-md px-3 text-sm font-medium max-sm:px-2 has-focus-visible:outline-2 has-focus-visible:outline-accent",
              filter === value ? "bg-accent-soft text-accent" : "text-quiet hover:text-ink",
            )}
          >
            <input type="radio" name="filter" className="sr-only" checked={filter === value} onChange={() => onFilter(value)} />
            {text}
          </label>
        ))}
      </fieldset>
      <div className="flex items-center gap-3 sm:ml-auto">
        <Switch label={messages.deployments.auto} title={messages.deployments.autoHint} checked={auto} onChange={onAuto} />
        <Button size="icon" onClick={onRefresh} aria-label={messages.deployments.refresh} title={messages.deployments.refresh}>
          <RotateCw aria-hidden className={refreshing ? "animate-spin-slow" : undefined} />
        </Button>
      </div>
    </div>
  );
}

const TYPING_MS = 250;

/** What is typed is told once it has stood still for a moment; what the address says is shown. */
export function SearchBox({ value, onChange, label, hint }: { value: string; onChange: (value: string) => void; label: string; hint: string }) {
  const [typed, setTyped] = useState(value);
  const settled = useDebounced(typed, TYPING_MS);
  const told = useRef(value);
  useEffect(() => {
    if (settled !== told.current) {
      told.current = settled;
      onChange(settled);
    }
  }, [settled, onChange]);
  useEffect(() => {
    if (value !== told.current) {
      told.current = value;
      setTyped(value);
    }
  }, [value]);

  return (
    <div className="relative min-w-0 flex-1 basis-60">
      <Search className="pointer-events-none absolute top-3 left-3 size-4 text-quiet" aria-hidden />
      <input
        type="search"
        aria-label={label}
        placeholder={hint}
        maxLength={200}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        className={classes(inputClasses, "h-10 pl-9")}
      />
    </div>
  );
}
