"use client";

import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { useLayoutEffect, useRef, useState } from "react";
import type { Deployment } from "@/lib/api/deployments";
import type { InstanceType } from "@/lib/api/instance-types";
import { DeploymentCard } from "./card";

const USUAL_HEIGHT = 190;
const GAP = 12;

export interface CardsProps {
  deployments: Deployment[];
  types: InstanceType[] | undefined;
  onDelete: (deployment: Deployment) => void;
}

/** A long list of cards: only those near the window are in the page, however many there are. */
export function VirtualCards({ deployments, types, onDelete }: CardsProps) {
  const list = useRef<HTMLUListElement>(null);
  const [top, setTop] = useState(0);
  useLayoutEffect(() => setTop(list.current?.offsetTop ?? 0), []);
  const rows = useWindowVirtualizer({
    count: deployments.length,
    estimateSize: () => USUAL_HEIGHT,
    overscan: 6,
    gap: GAP,
    scrollMargin: top,
    getItemKey: (index) => deployments[index]?.id ?? index,
  });

  return (
    <ul ref={list} className="relative" style={{ height: rows.getTotalSize() }}>
      {rows.getVirtualItems().map(({ index, key, start }) => {
        const deployment = deployments[index];
        return (
          deployment && (
            <li
              key={key}
              data-index={index}
              ref={rows.measureElement}
              aria-setsize={deployments.length}
              aria-posinset={index + 1}
              className="absolute inset-x-0 top-0"
              style={{ transform: `translateY(${start - top}px)` }}
            >
              <DeploymentCard deployment={deployment} types={types} onDelete={onDelete} />
            </li>
          )
        );
      })}
    </ul>
  );
}
