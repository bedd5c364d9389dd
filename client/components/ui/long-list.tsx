"use client";

import { useMemo, type ReactNode } from "react";
import { lazily } from "@/lib/lazily";

/** Up to so many cards stand in the page as they are; most people never have more. */
const FEW = 30;
/** As many as a window shows. */
const FIRST = 8;

interface Look {
  /** Pixels, before a card has been seen. */
  usualHeight: number;
  /** A grid: its gap, and how many columns at which width. */
  className: string;
}

interface LongListProps<Item> extends Look {
  /** The same array while they are the same. */
  items: Item[];
  /** The field that tells them apart. */
  by: keyof Item & string;
  /** An item's card; the same element costs nothing to show again when it is memoised. */
  card: (item: Item) => ReactNode;
}

export interface CardsProps extends Look {
  keys: string[];
  /** The card at this place. */
  card: (index: number) => ReactNode;
}

const VirtualList = lazily(() => import("./virtual-list").then((module) => module.VirtualList), FirstCards);

/** A list of cards that may be very long: only those near the window are in the page then. */
export function LongList<Item>({ items, by, card, ...look }: LongListProps<Item>) {
  const keys = useMemo(() => items.map((item) => String(item[by])), [items, by]);
  const cards = { ...look, keys, card: (index: number) => card(items[index]!) };
  return keys.length > FEW ? <VirtualList {...cards} /> : <Cards {...cards} />;
}

/** What a window shows, and a place as high as windows are below it: nothing jumps up, or asks for the next page. */
function FirstCards({ keys, ...others }: CardsProps) {
  return (
    <>
      <Cards keys={keys.slice(0, FIRST)} {...others} />
      <div aria-hidden className="h-[300vh]" />
    </>
  );
}

function Cards({ keys, className, card }: CardsProps) {
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
