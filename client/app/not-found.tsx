import { buttonClasses } from "@/components/ui/button-classes";
import { messages } from "@/lib/messages";

export default function NotFound() {
  return (
    <main className="mx-auto flex min-h-dvh max-w-md flex-col items-start justify-center gap-3 px-4">
      <h1 className="text-2xl font-semibold">{messages.problems.notFound}</h1>
      <p className="text-quiet">{messages.problems.notFoundFix}</p>
      {/* Every page loads this one with itself: no code for it but what they have. */}
      {/* eslint-disable-next-line @next/next/no-html-link-for-pages */}
      <a href="/dashboard/deployments/" className={buttonClasses("primary")}>
        {messages.problems.home}
      </a>
    </main>
  );
}
