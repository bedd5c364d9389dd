"use client";

import type { ReactNode } from "react";
import { lazily } from "@/lib/lazily";

/** Up to so many cards stand in the page as they are; most people never have more. */
const FEW = 30;
/** As many as a window shows. */
const FIRST = 8;

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

const VirtualList = lazily(() => import("./virtual-list").then((module) => module.VirtualList), FirstCards);

/** A list of cards that may be very long: only those near the window are in the page then. */
export function LongList(props: LongListProps) {
  return props.keys.length > FEW ? <VirtualList {...props} /> : <Cards {...props} />;
}

/** What a window shows, and a place as high as windows are below it: nothing jumps up, or asks for the next page. */
function FirstCards({ keys, ...others }: LongListProps) {
  return (
    <>
      <Cards keys={keys.slice(0, FIRST)} {...others} />
      <div aria-hidden className="h-[300vh]" />
    </>
  );
}

function Cards({ keys, className, card }: LongListProps) {
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
