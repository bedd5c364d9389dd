"use client";

import { useRouter } from "next/navigation";
import type { AnchorHTMLAttributes, MouseEvent } from "react";

interface LinkProps extends AnchorHTMLAttributes<HTMLAnchorElement> {
  href: string;
}

/**
 * A link within the dashboard: the next page comes without loading the site again. In place of
 * Next's own, which watches every link of a long list and costs each page 4 KB.
 */
export function Link({ href, onClick, ...rest }: LinkProps) {
  const router = useRouter();

  function follow(event: MouseEvent<HTMLAnchorElement>) {
    onClick?.(event);
    const wantsAnother = event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
    if (event.defaultPrevented || wantsAnother) return;
    event.preventDefault();
    router.push(href);
  }

  const warm = () => router.prefetch(href);
  return <a {...rest} href={href} onClick={follow} onPointerEnter={warm} onFocus={warm} />;
}
