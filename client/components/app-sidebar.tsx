"use client";

import { Boxes, Cloud, CreditCard, LogOut, Menu, Waypoints } from "lucide-react";
import { usePathname } from "next/navigation";
import { useEffect, useState, type ReactNode } from "react";
import { classes } from "@/lib/class-names";
import { lazily } from "@/lib/lazily";
import { messages } from "@/lib/messages";
import { Logo } from "./logo";
import { useSession } from "./session";
import { ThemeChoice } from "./theme-choice";
import { Button } from "./ui/button";
import { Link } from "./ui/link";

const PhoneMenu = lazily(() => import("./phone-menu").then((module) => module.PhoneMenu));

const LINKS: { href: string; text: string; icon: ReactNode; isNew?: boolean }[] = [
  { href: "/dashboard/models/", text: messages.nav.models, icon: <Boxes /> },
  { href: "/dashboard/deployments/", text: messages.nav.deployments, icon: <Cloud />, isNew: true },
  { href: "/dashboard/endpoints/", text: messages.nav.endpoints, icon: <Waypoints /> },
  { href: "/dashboard/subscription/", text: messages.nav.subscription, icon: <CreditCard /> },
];

/** The account's pages, who is signed in, the colours. On a phone it opens from a bar at the top. */
export function AppSidebar() {
  const [open, setOpen] = useState(false);
  const pathname = usePathname();
  useEffect(() => setOpen(false), [pathname]);

  return (
    <>
      <aside className="sticky top-0 hidden h-dvh w-64 shrink-0 flex-col border-r bg-surface md:flex">
        <Contents />
      </aside>
      <header className="sticky top-0 z-30 flex h-14 items-center justify-between border-b bg-surface px-4 md:hidden">
        <Logo />
        <Button look="quiet" size="icon" aria-label={messages.nav.open} aria-haspopup="dialog" aria-expanded={open} onClick={() => setOpen(true)}>
          <Menu aria-hidden className="size-5!" />
        </Button>
        {open && (
          <PhoneMenu open onClose={() => setOpen(false)}>
            <Contents />
          </PhoneMenu>
        )}
      </header>
    </>
  );
}

function Contents() {
  const { user, signOut } = useSession();
  return (
    <>
      <div className="flex h-16 items-center px-5">
        <Logo />
      </div>
      <nav aria-label={messages.nav.label} className="flex-1 overflow-y-auto px-3">
        <h2 id="account-group" className="px-3 pt-2 pb-1.5 text-xs font-medium text-quiet">
          {messages.nav.account}
        </h2>
        <ul aria-labelledby="account-group" className="space-y-0.5">
          {LINKS.map((link) => (
            <li key={link.href}>
              <NavLink {...link} />
            </li>
          ))}
        </ul>
      </nav>
      <div className="space-y-3 border-t p-4">
        <ThemeChoice />
        <div className="flex items-center gap-2">
          <p className="min-w-0 flex-1 truncate text-sm" title={user?.email}>
            {user?.email}
          </p>
          <Button look="quiet" size="icon" aria-label={messages.nav.signOut} title={messages.nav.signOut} onClick={() => void signOut()}>
            <LogOut aria-hidden />
          </Button>
        </div>
      </div>
    </>
  );
}

function NavLink({ href, text, icon, isNew }: (typeof LINKS)[number]) {
  const here = usePathname().startsWith(href.slice(0, -1));
  return (
    <Link
      href={href}
      aria-current={here ? "page" : undefined}
      className={classes(
        "flex h-10 items-center gap-3 rounded-lg px-3 text-sm font-medium [&_svg]:size-4.5",
        here ? "bg-accent-soft text-accent" : "text-quiet hover:bg-raised hover:text-ink",
      )}
    >
      <span aria-hidden>{icon}</span>
      {text}
      {isNew && <span className="ml-auto rounded-full bg-accent px-2 py-px text-[0.6875rem] font-semibold text-accent-ink">{messages.nav.isNew}</span>}
    </Link>
  );
}
