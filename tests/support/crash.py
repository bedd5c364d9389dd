"""Points of a deployment's life at which the functions host is killed, held until the kill.

Every phase tells the timeline when it starts and when it ends; holding such a write, or its
answer, in the local Supabase stops the phase at a known place for as long as the test needs.
"""

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from tests.support.world import World, until

HOLD_SECONDS = 120
MANY = 1000
"""A phase whose call times out tries again, and is held again."""
Told = tuple[str, str]


@dataclass(frozen=True)
class Point:
    phase: str
    moment: str
    held: Told | None
    """The write that waits; None where nothing is left to wait for."""
    performed: bool = False
    """It is the answer that waits: the write itself is done."""

    @property
    def absent(self) -> Told | None:
        """What the timeline must not have at the kill."""
        return (self.phase, "succeeded") if self.performed else self.held

    @property
    def present(self) -> Told | None:
        """What the timeline must have at the kill."""
        return {
            "before start": None,
            "after start": (self.phase, "started"),
            "before end": (self.phase, "started"),
            "after end": (self.phase, "succeeded"),
        }[self.moment]

    def __str__(self) -> str:
        return f"{self.moment} of {self.phase}"


def points(phase: str, following: str | None = None) -> list[Point]:
    """The four of one phase, in the order in which a deployment comes to them.

    `following`: the phase that cannot start before this one has ended and its end is in the
    history; without one, its end is the operation's.
    """
    started, succeeded = (phase, "started"), (phase, "succeeded")
    return [
        Point(phase, "before start", started),
        Point(phase, "after start", started, performed=True),
        Point(phase, "before end", succeeded),
        Point(phase, "after end", (following, "started") if following else None),
    ]


def chain(*phases: str) -> list[Point]:
    """Those of phases that follow each other, but the last, which says when the one before ends."""
    first, *others = pairwise(phases)
    return points(*first) + [point for pair in others for point in points(*pair)[1:]]


def hold(world: World, point: Point) -> None:
    """From now on the deployment stops there; whatever was held before is let go."""
    if point.held is None:
        release(world)
        return
    phase, status = point.held
    match = {
        "path_regex": "/rpc/record_event$",
        "body_regex": f'"phase": ?"{phase}".*"status": ?"{status}"',
    }
    how = {"performed": True} if point.performed else {"drop_connection": True}
    order(world, {"match": match, "times": MANY, "delay_seconds": HOLD_SECONDS, **how})


def hold_answer(world: World, path_regex: str) -> None:
    """The work behind this path is done; its answer waits."""
    fault = {"match": {"path_regex": path_regex}, "delay_seconds": HOLD_SECONDS}
    order(world, {**fault, "performed": True})


def release(world: World) -> None:
    order(world)


def order(world: World, *faults: dict[str, Any]) -> None:
    world.http.put(_faults(world), json=list(faults)).raise_for_status()


def is_held(world: World) -> bool:
    """A request waits by the order that was given last."""
    ordered = world.http.get(_faults(world)).raise_for_status().json()
    return any(fault["times"] < MANY for fault in ordered)


def come_to(world: World, point: Point, operation_id: str) -> None:
    """Returns when the operation stands at the point."""

    def is_there() -> bool:
        if point.held is None:
            return world.has_ended(operation_id)
        told = timeline(world, operation_id)
        return is_held(world) and (point.present is None or told[point.present] > 0)

    until(is_there, f"the deployment is {point}")


def timeline(world: World, operation_id: str) -> Counter[Told]:
    """How often each word was told; read where it is written: a host that is down hides nothing.

    A deployment's first operation has its id.
    """
    events = rows(
        world, "deployment_events", operation_id=f"eq.{operation_id}", select="phase,status"
    )
    return Counter((event["phase"], event["status"]) for event in events)


def rows(world: World, table: str, **query: str) -> list[dict[str, str]]:
    """Ada's rows, read where they are written."""
    found: list[dict[str, str]] = world.ada.supabase(
        "GET", f"/rest/v1/{table}", params=query
    ).json()
    return found


def puts(world: World) -> Counter[str]:
    """How often each resource was put to Azure Resource Manager, by its path in the workspace."""
    calls = world.control.get("/calls").raise_for_status().json()
    return Counter(
        call["path"].rpartition("/workspaces/")[2].partition("/")[2]
        for call in calls
        if call["method"] == "PUT" and call["service"] == "arm"
    )


def _faults(world: World) -> str:
    return f"{world.facts['supabase_url']}/_control/faults"
