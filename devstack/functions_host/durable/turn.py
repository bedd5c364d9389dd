"""One turn of an orchestration: which mail it reads, and what its answer changes. No I/O."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from devstack.functions_host.durable import history as h
from devstack.functions_host.durable.actions import (
    CallActivity,
    CallEntity,
    CallHttp,
    CallOrchestrator,
    CreateTimer,
    SignalEntity,
)
from devstack.functions_host.durable.codec import Outcome
from devstack.functions_host.durable.history import Event, EventType
from devstack.functions_host.durable.instance import (
    EntityMessage,
    Instance,
    Letter,
    NewInstance,
    NewTimer,
    NewWork,
    Parent,
    Status,
    Turn,
)
from devstack.functions_host.durable.replay import HTTP_ACTIVITY, Scheduled, Walk, walk

_CONTROL = (EventType.SUSPENDED, EventType.RESUMED, EventType.EXECUTION_TERMINATED)


class UnknownFunctionError(Exception):
    """The orchestrator calls a function that the app does not have."""

    def __init__(self, kind: str, name: str, known: Sequence[str]) -> None:
        super().__init__(
            f"The function '{name}' doesn't exist, is disabled, or is not {kind} function. "
            f"The app has: {', '.join(sorted(known)) or 'none'}."
        )


@dataclass(frozen=True)
class Catalogue:
    """The names of the app's durable functions."""

    activities: frozenset[str]
    orchestrators: frozenset[str]
    entities: frozenset[str]

    def check_orchestrator(self, name: str) -> None:
        _require(name, self.orchestrators, "an orchestrator")

    def check_entity(self, name: str) -> None:
        _require(name, self.entities, "an entity")

    def check(self, action: Scheduled) -> None:
        match action:
            case CallActivity(name):
                _require(name, self.activities, "an activity")
            case CallOrchestrator(name):
                self.check_orchestrator(name)
            case CallEntity(entity_id) | SignalEntity(entity_id):
                self.check_entity(entity_id.split("@")[1])


def _require(name: str, known: frozenset[str], kind: str) -> None:
    if name.casefold() not in {k.casefold() for k in known}:
        raise UnknownFunctionError(kind, name, sorted(known))


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
    _schedule(instance, found, turn, catalogue)
    return turn


def _awaited(instance: Instance, found: Walk) -> Counter[str]:
    answers = {call_id(instance, event_id): 1 for event_id in found.calls}
    return found.waiting + Counter(answers)


def call_id(instance: Instance, event_id: int) -> str:
    return f"{instance.execution_id}:{event_id}"


def _schedule(instance: Instance, found: Walk, turn: Turn, catalogue: Catalogue) -> None:
    scheduled: list[Event] = []
    for event_id, action in sorted(found.new.items()):
        catalogue.check(action)
        scheduled.append(_SCHEDULE[type(action)](instance, event_id, action, turn))
    if turn.status.is_final or turn.restart_with is not None:
        # The end of the execution was appended already: what it set off goes before that.
        turn.events[-2:-2] = scheduled
    else:
        turn.events += [*scheduled, h.event(EventType.ORCHESTRATOR_COMPLETED)]


def _activity(_: Instance, event_id: int, action: CallActivity, turn: Turn) -> Event:
    turn.work.append(NewWork(event_id, action.name, action.input or "null"))
    return h.event(EventType.TASK_SCHEDULED, event_id, Name=action.name, Input=action.input)


def _http(_: Instance, event_id: int, action: CallHttp, turn: Turn) -> Event:
    request = json.dumps(action.request)
    turn.work.append(NewWork(event_id, HTTP_ACTIVITY, request))
    return h.event(EventType.TASK_SCHEDULED, event_id, Name=HTTP_ACTIVITY, Input=request)


def _child(instance: Instance, event_id: int, action: CallOrchestrator, turn: Turn) -> Event:
    child = NewInstance(
        instance_id=action.instance_id or f"{instance.execution_id}:{event_id}",
        name=action.name,
        # The SDK sends JSON text, which becomes a JSON *string*: the same as a client's start does.
        input=json.dumps(action.input),
        version=action.version,
        parent=Parent(instance.instance_id, instance.execution_id, event_id),
        traceparent=instance.traceparent,
    )
    turn.children.append(child)
    return h.event(
        EventType.SUB_ORCHESTRATION_CREATED,
        event_id,
        Name=action.name,
        InstanceId=child.instance_id,
        Input=child.input,
    )


def _timer(_: Instance, event_id: int, action: CreateTimer, turn: Turn) -> Event:
    turn.timers.append(NewTimer(event_id, action.fire_at))
    return h.event(EventType.TIMER_CREATED, event_id, FireAt=h.timestamp(action.fire_at))


def _entity_message(
    instance: Instance, event_id: int, action: CallEntity | SignalEntity, turn: Turn
) -> Event:
    answer_to = call_id(instance, event_id) if isinstance(action, CallEntity) else None
    caller = (instance.instance_id, instance.execution_id)
    turn.messages.append(
        EntityMessage(
            action.entity_id, action.operation, json.dumps(action.input), answer_to, caller
        )
    )
    # The SDK learns from `Input.id` under which name the answer will be raised.
    request = {"id": answer_to, "op": action.operation, "input": action.input}
    return h.event(
        EventType.EVENT_SENT,
        event_id,
        InstanceId=action.entity_id,
        Name="op",
        Input=json.dumps(request),
    )


_SCHEDULE: dict[type, Callable[..., Event]] = {
    CallActivity: _activity,
    CallHttp: _http,
    CallOrchestrator: _child,
    CreateTimer: _timer,
    CallEntity: _entity_message,
    SignalEntity: _entity_message,
}
