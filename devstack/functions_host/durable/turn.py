"""One turn of an orchestration: which mail it reads, and what its answer changes. No I/O."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from devstack.functions_host.durable import history as h
from devstack.functions_host.durable.catalogue import Catalogue
from devstack.functions_host.durable.codec import Outcome
from devstack.functions_host.durable.history import Event, EventType
from devstack.functions_host.durable.instance import (
    Instance,
    Letter,
    Status,
    Turn,
)
from devstack.functions_host.durable.replay import Walk, walk
from devstack.functions_host.durable.scheduling import call_id, schedule

_CONTROL = (EventType.SUSPENDED, EventType.RESUMED, EventType.EXECUTION_TERMINATED)


@dataclass(frozen=True)
class Mail:
    """What is read now (`read`), what waits (`held`), and whether to end or to pause."""

    read: list[Letter]
    held: list[Letter]
    terminated: Event | None
    suspended: bool

    @property
    def calls_user_code(self) -> bool:
        """Whether anything but a pause or an end was read."""
        return any(letter.event["EventType"] not in _CONTROL for letter in self.read)


def sort_mail(instance: Instance, letters: Sequence[Letter]) -> Mail:
    """Split what an instance has in its box.

    An external event is read only when somebody waits for it: the SDK keeps no more than one early
    event per name, so all others stay here, first in first out. A suspended instance reads nothing
    but resume and terminate.
    """
    suspended = instance.status is Status.SUSPENDED
    terminated = None
    for letter in letters:
        match letter.event["EventType"]:
            case EventType.SUSPENDED:
                suspended = True
            case EventType.RESUMED:
                suspended = False
            case EventType.EXECUTION_TERMINATED:
                terminated = letter.event
    waiting = Counter(instance.waiting)
    read, held = [], []
    for letter in sorted(
        letters, key=lambda x: x.event["EventType"] != EventType.EXECUTION_STARTED
    ):
        kind = letter.event["EventType"]
        if kind in _CONTROL:
            read.append(letter)
        elif suspended:
            held.append(letter)
        elif kind == EventType.EVENT_RAISED:
            wanted = waiting[letter.event["Name"]] > 0
            waiting[letter.event["Name"]] -= wanted
            (read if wanted else held).append(letter)
        else:
            read.append(letter)
    return Mail(read, held, terminated, suspended)


def opened(mail: Mail) -> list[Event]:
    """The events that this turn adds before the orchestrator runs."""
    start = h.event(EventType.ORCHESTRATOR_STARTED)
    return [start, *(letter.event for letter in mail.read)]


def paused(mail: Mail, new: list[Event], status: Status, waiting: Counter[str]) -> Turn:
    """A turn that only changes between running and suspended."""
    return Turn(
        consumed=[letter.id for letter in mail.read],
        events=[*new, h.event(EventType.ORCHESTRATOR_COMPLETED)],
        status=Status.SUSPENDED if mail.suspended else status,
        waiting=waiting,
    )


def ended(mail: Mail, new: list[Event], status: Status, output: str) -> Turn:
    """The last turn of an instance; whatever is left in its box is dropped with it."""
    completed = h.event(EventType.EXECUTION_COMPLETED, Result=output, OrchestrationStatus=status)
    return Turn(
        consumed=[letter.id for letter in mail.read],
        events=[*new, completed, h.event(EventType.ORCHESTRATOR_COMPLETED)],
        status=status,
        output=output,
    )


def failed(instance: Instance, mail: Mail, new: list[Event], error: str) -> Turn:
    message = f"Orchestrator function '{instance.name}' failed: {error}"
    return ended(mail, new, Status.FAILED, json.dumps(message))


def closed(
    instance: Instance,
    history: Sequence[Event],
    mail: Mail,
    new: list[Event],
    outcome: Outcome,
    catalogue: Catalogue,
    now: datetime,
) -> Turn:
    """What an orchestrator's answer changes. Raises NonDeterminismError, UnknownFunctionError."""
    found = walk(outcome.actions, [*history, *new], now)
    if found.finished and outcome.error is not None:
        turn = failed(instance, mail, new, outcome.error)
    elif found.finished and found.continue_as_new is not None:
        turn = ended(mail, new, Status.RUNNING, "null")
        turn.restart_with = json.dumps(found.continue_as_new.input)
    elif found.finished and outcome.is_done:
        turn = ended(mail, new, Status.COMPLETED, outcome.output)
    else:
        turn = Turn(consumed=[letter.id for letter in mail.read], status=Status.RUNNING)
        turn.events = list(new)
        turn.waiting = _awaited(instance, found)
        turn.more_mail = any(turn.waiting[x.event.get("Name", "")] > 0 for x in mail.held)
    turn.custom_status = outcome.custom_status
    turn.cancelled_timers = found.cancelled
    schedule(instance, found, turn, catalogue)
    return turn


def _awaited(instance: Instance, found: Walk) -> Counter[str]:
    answers = {call_id(instance, event_id): 1 for event_id in found.calls}
    return found.waiting + Counter(answers)
