"use client";

import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { useCallback, useDeferredValue, useEffect, useLayoutEffect, useRef, useState, type ReactNode, type RefObject } from "react";
import { classes } from "@/lib/class-names";
import type { CardsProps } from "./long-list";

/** Rows beyond each edge of the window: more make each frame of a fast scroll dearer. */
const OVERSCAN = 3;

/** The rows near the window, each as many cards as the grid has columns. */
export function VirtualList({ keys, usualHeight, className, card }: CardsProps) {
  const list = useRef<HTMLDivElement>(null);
  const { top, columns, gap } = useGrid(list);
  const [isShown, setShown] = useState(false);
  useEffect(() => setShown(true), []);
  const rows = useWindowVirtualizer({
    count: Math.ceil(keys.length / columns),
    estimateSize: () => usualHeight,
    overscan: OVERSCAN,
    gap,
    scrollMargin: top,
    // The same function as long as the keys are the same: another one makes it measure all rows again.
    getItemKey: useCallback((row: number) => keys[row * columns] ?? row, [keys, columns]),
  });

  return (
    <div role="list" ref={list} className={classes("relative", className)} style={{ height: rows.getTotalSize() }}>
      {rows.getVirtualItems().map((row) => (
        <Row key={row.key} index={row.index} top={row.start - top} height={row.size} className={className} atOnce={!isShown} measure={rows.measureElement}>
          {keys.slice(row.index * columns, (row.index + 1) * columns).map((key, column) => {
            const index = row.index * columns + column;
            return (
              <div key={key} role="listitem" aria-setsize={keys.length} aria-posinset={index + 1} className="grid grid-cols-1">
                {card(index)}
              </div>
            );
          })}
        </Row>
      ))}
    </div>
  );
}

interface RowProps {
  index: number;
  /** Pixels below the list's top, and what is known or guessed of its height. */
  top: number;
  height: number;
  className: string;
  atOnce: boolean;
  measure: (element: Element | null) => void;
  children: ReactNode;
}

/**
 * An empty place at once, its cards as soon as nothing more urgent is to be done: a row comes into the
 * page beyond the window's edge, so that only who scrolls faster than cards are made sees it empty.
 * The list's first rows are made `atOnce`.
 */
function Row({ index, top, height, className, atOnce, measure, children }: RowProps) {
  const filled = useDeferredValue(true, atOnce);
  const transform = `translateY(${top}px)`;
  if (!filled) return <div className="absolute inset-x-0 top-0 rounded-2xl bg-raised" style={{ transform, height }} />;
  return (
    <div data-index={index} ref={measure} className={classes("absolute inset-x-0 top-0 [contain:layout_style]", className)} style={{ transform }}>
      {children}
    </div>
  );
}

/** Where the grid stands in the page, and its columns and gap as the style sheet has them at this width. */
function useGrid(list: RefObject<HTMLElement | null>) {
  const [grid, setGrid] = useState({ top: 0, columns: 1, gap: 0 });
  useLayoutEffect(() => {
    const element = list.current;
    if (!element) return;
    const look = () => {
      const { gridTemplateColumns, rowGap } = getComputedStyle(element);
      const seen = { top: Math.round(element.getBoundingClientRect().top + scrollY), columns: gridTemplateColumns.split(" ").length, gap: parseFloat(rowGap) };
      setGrid((before) => (before.top === seen.top && before.columns === seen.columns && before.gap === seen.gap ? before : seen));
    };
    look();
    const watch = new ResizeObserver(look);
    watch.observe(document.body);
    return () => watch.disconnect();
  }, [list]);
  return grid;
}
