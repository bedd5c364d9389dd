"""Rewinding a failed instance: what failed is forgotten and begun again, what ended well is kept.

The history is cut at its first failure. Steps that had begun before it and ended well after it
keep their ends; everything else that came later is decided anew. A failed sub-orchestration is
rewound itself and answers as it would have the first time.
"""

import json
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from devstack.functions_host.durable import history as h
from devstack.functions_host.durable.database import Database, post
from devstack.functions_host.durable.history import Event, EventType
from devstack.functions_host.durable.instance import Instance, Status
from devstack.functions_host.durable.instance_store import InstanceStore

_FAILED = (EventType.TASK_FAILED, EventType.SUB_ORCHESTRATION_FAILED)
_ENDED = (EventType.TASK_COMPLETED, EventType.SUB_ORCHESTRATION_COMPLETED)
_BEGUN = (
    EventType.TASK_SCHEDULED,
    EventType.SUB_ORCHESTRATION_CREATED,
    EventType.TIMER_CREATED,
    EventType.EVENT_SENT,
)


@dataclass(frozen=True)
class Rewound:
    """`events` is the history to go on from; `again` are external events that nobody has read."""

    events: list[Event]
    again: list[Event]


def rewound(history: Sequence[Event], goes_on: Callable[[str], bool]) -> Rewound:
    """`goes_on` says of a child's instance id whether that child will still answer."""
    cut = next(
        (i for i, event in enumerate(history) if event["EventType"] in _FAILED), len(history)
    )
    before = [e for e in history[:cut] if e["EventType"] != EventType.EXECUTION_COMPLETED]
    later = history[cut:]
    begun = {e["EventId"]: e for e in before if e["EventType"] in _BEGUN}
    answers = {
        json.loads(e["Input"])["id"]: e["EventId"]
        for e in begun.values()
        if e["EventType"] == EventType.EVENT_SENT
    }
    ends = [e for e in later if _step_of(e, answers) in begun]
    ended = {_step_of(e, answers) for e in [*before, *ends]}
    lost = {
        step
        for step, event in begun.items()
        if step not in ended and not _needs_no_end(event) and not _still_answers(event, goes_on)
    }
    kept = [e for e in before if not (e["EventType"] in _BEGUN and e["EventId"] in lost)]
    if kept and kept[-1]["EventType"] != EventType.ORCHESTRATOR_COMPLETED:
        kept += [*ends, h.event(EventType.ORCHESTRATOR_COMPLETED)]
    elif ends:
        start = h.event(EventType.ORCHESTRATOR_STARTED)
        kept += [start, *ends, h.event(EventType.ORCHESTRATOR_COMPLETED)]
    again = [
        e for e in later if e["EventType"] == EventType.EVENT_RAISED and e["Name"] not in answers
    ]
    return Rewound(kept, again)


def _step_of(event: Event, answers: dict[str | None, int]) -> int | None:
    """The id of the step that an event ends well; None for every other event."""
    kind = event["EventType"]
    if kind in _ENDED:
        return int(event["TaskScheduledId"])
    if kind == EventType.TIMER_FIRED:
        return int(event["TimerId"])
    return answers.get(event["Name"]) if kind == EventType.EVENT_RAISED else None


def _needs_no_end(event: Event) -> bool:
    """A signal to an entity: nobody waits for its answer."""
    return event["EventType"] == EventType.EVENT_SENT and json.loads(event["Input"])["id"] is None


def _still_answers(event: Event, goes_on: Callable[[str], bool]) -> bool:
    is_child = event["EventType"] == EventType.SUB_ORCHESTRATION_CREATED
    return is_child and goes_on(event["InstanceId"])


class Rewinding:
    """Rewinds instances in the task hub, children first, in one transaction."""

    def __init__(self, database: Database, instances: InstanceStore) -> None:
        self._database = database
        self._instances = instances

    def rewind(self, instance: Instance, reason: str) -> list[str]:
        """Answers the ids of the instances that have mail by it."""
        woken: list[str] = []
        with self._database.transaction() as db:
            self._rewind(db, instance, reason, woken)
        return woken

    def _rewind(
        self, db: sqlite3.Connection, instance: Instance, reason: str, woken: list[str]
    ) -> None:
        def goes_on(child_id: str) -> bool:
            child = self._instances.get(child_id)
            if child is None or child.parent is None:
                return False
            if child.parent.execution_id != instance.execution_id:
                return False
            if child.status is Status.FAILED:
                self._rewind(db, child, reason, woken)
                return True
            return not child.status.is_final

        found = rewound(self._instances.history(instance.instance_id), goes_on)
        key = (instance.instance_id,)
        for table in ("history", "timers", "work"):
            db.execute(f"delete from {table} where instance_id = ?", key)  # noqa: S608 - constant
        db.executemany(
            "insert into history values (?,?,?)",
            [(*key, position, json.dumps(event)) for position, event in enumerate(found.events)],
        )
        db.execute(
            "update instances set status = ?, output = null, waiting = '{}', attempts = 0,"
            " updated_at = ? where instance_id = ?",
            (Status.RUNNING, h.timestamp(h.now()), *key),
        )
        post(db, *key, instance.execution_id, h.rewound(reason))
        for event in found.again:
            post(db, *key, None, event)
        woken.append(instance.instance_id)
