"use client";

import type { ReactNode } from "react";
import { lazily } from "@/lib/lazily";

/** Up to so many cards stand in the page as they are; most people never have more. */
const FEW = 30;

/** As high as windows are, so that what stands below does not jump up and ask for the next page. */
const PLACE = <div aria-hidden className="h-[300vh]" />;

const VirtualList = lazily(() => import("./virtual-list").then((module) => module.VirtualList), PLACE);

export interface LongListProps {
  /** What tells the items apart, in their order; the same array while they are the same. */
  keys: string[];
  /** Pixels, before a card has been seen. */
  usualHeight: number;
  /** A grid: its gap, and how many columns at which width. */
  className: string;
  /** The card of the item at this place; the same element costs nothing to show again when it is memoised. */
  card: (index: number) => ReactNode;
}

/** A list of cards that may be very long: only those near the window are in the page then. */
export function LongList(props: LongListProps) {
  const { keys, className, card } = props;
  if (keys.length > FEW) return <VirtualList {...props} />;
  return (
    <ul className={className}>
      {keys.map((key, index) => (
        <li key={key} className="grid grid-cols-1">
          {card(index)}
        </li>
      ))}
    </ul>
  );
}
