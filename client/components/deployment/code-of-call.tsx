"use client";

import { useState } from "react";
import { scoreMessages } from "@/lib/messages/deployment";
import { curl, javascript, python } from "@/lib/snippets";
import { Copy } from "../ui/copy";
import { Tabs } from "../ui/tabs";

const text = scoreMessages;

/** The same call as curl, Python and JavaScript; it follows what is typed. */
export function CodeOfCall({ uri, body }: { uri: string; body: string }) {
  const [language, setLanguage] = useState("curl");
  const codes = [
    { value: "curl", text: text.curl, code: curl(uri, body) },
    { value: "python", text: text.python, code: python(uri, body) },
    { value: "javascript", text: text.javascript, code: javascript(uri, body) },
  ];
  return (
    <section aria-label={text.code} className="min-w-0 self-start rounded-2xl border bg-surface p-4 shadow-xs">
      <h2 className="font-semibold">{text.code}</h2>
      <p className="mb-2 text-sm text-quiet">{text.codeHint}</p>
      <Tabs
        label={text.code}
        value={language}
        onChange={setLanguage}
        tabs={codes.map(({ value, text: name, code }) => ({
          value,
          text: name,
          content: (
            <div className="relative">
              <pre tabIndex={0} aria-label={name} className="max-h-96 overflow-auto rounded-lg bg-raised p-4 pr-12 font-mono text-[0.8125rem] whitespace-pre-wrap [overflow-wrap:anywhere]">
                {code}
              </pre>
              <span className="absolute top-1.5 right-1.5">
                <Copy text={code} what={name} />
              </span>
            </div>
          ),
        }))}
      />
    </section>
  );
}
