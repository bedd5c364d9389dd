"use client";

import { Tabs as Radix } from "radix-ui";
import type { ReactNode } from "react";

interface TabsProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  tabs: { value: string; text: string; content: ReactNode }[];
}

/** Arrow keys go from tab to tab; only the chosen one's content is in the page. */
export function Tabs({ label, value, onChange, tabs }: TabsProps) {
  return (
    <Radix.Root value={value} onValueChange={onChange}>
      <Radix.List aria-label={label} className="flex gap-1 overflow-x-auto border-b">
        {tabs.map((tab) => (
          <Radix.Trigger
            key={tab.value}
            value={tab.value}
            className="-mb-px border-b-2 border-transparent px-3.5 py-2.5 text-sm max-sm:px-2 font-medium whitespace-nowrap text-quiet -outline-offset-2 hover:text-ink data-[state=active]:border-accent data-[state=active]:text-accent"
          >
            {tab.text}
          </Radix.Trigger>
        ))}
      </Radix.List>
      {tabs.map((tab) => (
        <Radix.Content key={tab.value} value={tab.value} className="pt-5 outline-none focus-visible:outline-2">
          {tab.content}
        </Radix.Content>
      ))}
    </Radix.Root>
  );
}
