"use client";

import { lazily } from "@/lib/lazily";
import { DeploymentCard } from "./card";
import type { CardsProps } from "./virtual-cards";

/** Up to so many cards stand in the page as they are; most people never have more. */
const FEW = 30;

const VirtualCards = lazily(() => import("./virtual-cards").then((module) => module.VirtualCards));

export function DeploymentCards(props: CardsProps) {
  const { deployments, types, onDelete } = props;
  if (deployments.length > FEW) return <VirtualCards {...props} />;
  return (
    <ul className="space-y-3">
      {deployments.map((deployment) => (
        <li key={deployment.id}>
          <DeploymentCard deployment={deployment} types={types} onDelete={onDelete} />
        </li>
      ))}
    </ul>
  );
}
