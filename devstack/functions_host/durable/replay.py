"""The walk: which of an orchestrator's actions are new, and with which ids, as the SDK counts them.

The SDK sends all actions since the start of the execution; events match them by sequence number.
Numbers are given out while the walk runs over the history, event by event, because a failed attempt
of a retry takes two more (a timer, then the next attempt) at the moment it fails. Pure: the same
actions and history give the same result.
"""

import json
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from devstack.functions_host.durable.actions import (
    Action,
    CallActivity,
    CallEntity,
    CallHttp,
    CallOrchestrator,
    ContinueAsNew,
    CreateTimer,
    Retry,
    SignalEntity,
    WaitForEvent,
    WhenAll,
    WhenAny,
)
from devstack.functions_host.durable.history import Event, EventType

Scheduled = CallActivity | CallOrchestrator | CallHttp | CallEntity | SignalEntity | CreateTimer
HTTP_ACTIVITY = "BuiltIn::HttpActivity"
_SCHEDULING = {
    EventType.TASK_SCHEDULED: "activity",
    EventType.SUB_ORCHESTRATION_CREATED: "sub-orchestration",
    EventType.TIMER_CREATED: "timer",
    EventType.EVENT_SENT: "entity message",
}
_ENDS: dict[int, tuple[str, bool]] = {
    EventType.TASK_COMPLETED: ("TaskScheduledId", False),
    EventType.TASK_FAILED: ("TaskScheduledId", True),
    EventType.SUB_ORCHESTRATION_COMPLETED: ("TaskScheduledId", False),
    EventType.SUB_ORCHESTRATION_FAILED: ("TaskScheduledId", True),
    EventType.TIMER_FIRED: ("TimerId", False),
}


class NonDeterminismError(Exception):
    """The orchestrator asks for something else than its history says it did."""

    def __init__(self, event_id: int, before: str, now: str) -> None:
        super().__init__(
            f"Non-deterministic orchestrator: step {event_id} was {before} when it first ran and "
            f"is {now} on replay. "
            "An orchestrator must repeat its own decisions: no clock, random numbers or I/O in it, "
            "and no change to its order of steps while instances of it run."
        )
        self.event_id = event_id


@dataclass
class Walk:
    """`finished`: every action has ended, so that the orchestrator's own end counts.

    `new`: to be scheduled now, by id. `cancelled`: timers to drop. `waiting`: how many listen for
    events of each name. `calls`: entity calls that have not been answered.
    """

    finished: bool = False
    continue_as_new: ContinueAsNew | None = None
    new: dict[int, Scheduled] = field(default_factory=dict)
    cancelled: set[int] = field(default_factory=set)
    waiting: Counter[str] = field(default_factory=Counter)
    calls: set[int] = field(default_factory=set)


def walk(actions: Sequence[Action], history: Sequence[Event], now: datetime) -> Walk:
    """Follow `actions` through `history`; `now` dates retry timers. Raises NonDeterminismError."""
    return _Walker(actions, history, now).run()


class _Step:
    """Something awaited. Ends once; tells whoever waits, at once when it has ended already."""

    __slots__ = ("_then", "ended", "failed")

    def __init__(self) -> None:
        self.ended = self.failed = False
        self._then: list[Callable[[_Step], None]] = []

    def end(self, failed: bool = False) -> None:
        if self.ended:
            return
        self.ended, self.failed = True, failed
        for callback in self._then:
            callback(self)

    def then(self, callback: "Callable[[_Step], None]") -> None:
        if self.ended:
            callback(self)
        else:
            self._then.append(callback)


class _Walker:
    def __init__(self, actions: Sequence[Action], history: Sequence[Event], now: datetime) -> None:
        self._actions = actions
        self._history = history
        self._now = now
        self._position = 0
        self._next_id = 0
        self._steps: dict[int, _Step] = {}
        self._recorded = {e["EventId"]: e for e in history if e["EventType"] in _SCHEDULING}
        self._listeners: dict[str, list[_Step]] = defaultdict(list)
        self._early: dict[str, deque[Event]] = defaultdict(deque)
        self._entity_calls: dict[str, int] = {}
        self._walk = Walk()

    def run(self) -> Walk:
        for event in self._history:
            self._see(event)
        for event_id, recorded in self._recorded.items():
            if event_id not in self._steps:
                raise NonDeterminismError(
                    event_id, _describe_event(recorded), "no longer asked for"
                )
        self._walk.waiting = Counter({n: len(w) for n, w in self._listeners.items() if w})
        return self._walk

    def _see(self, event: Event) -> None:
        kind = event["EventType"]
        if kind == EventType.EXECUTION_STARTED:
            self._advance()
        elif kind in _ENDS:
            key, failed = _ENDS[kind]
            step = self._steps.get(event[key])
            if step is None:
                raise NonDeterminismError(event[key], "a step that ended", "no longer asked for")
            step.end(failed)
        elif kind == EventType.EVENT_SENT:
            self._entity_calls[json.loads(event["Input"])["id"]] = event["EventId"]
        elif kind == EventType.EVENT_RAISED:
            self._raise(event)

    def _raise(self, event: Event) -> None:
        name = event["Name"]
        if name in self._entity_calls:
            call = self._entity_calls[name]
            self._walk.calls.discard(call)
            self._steps[call].end()
        elif self._listeners[name]:
            # The newest listener first, as the SDK does: an abandoned one (it lost a WhenAny) must
            # not steal.
            self._listeners[name].pop().end()
        else:
            self._early[name].append(event)

    def _advance(self, _: _Step | None = None) -> None:
        while self._position < len(self._actions):
            action = self._actions[self._position]
            self._position += 1
            if isinstance(action, ContinueAsNew):
                self._walk.continue_as_new = action
                self._position = len(self._actions)
                break
            step = self._start(action)
            if not step.ended:
                step.then(self._advance)
                return
        self._walk.finished = True

    def _start(self, action: Action) -> _Step:
        match action:
            case WhenAll(members):
                return _when_all([self._start(member) for member in members])
            case WhenAny(members):
                return _when_any([self._start(member) for member in members])
            case WaitForEvent(name):
                return self._listen(name)
            case CallActivity(retry=Retry() as retry) | CallOrchestrator(retry=Retry() as retry):
                return self._with_retry(action, retry)
            case ContinueAsNew():
                raise NonDeterminismError(self._next_id, "a step", "a restart inside a group")
            case CreateTimer(cancelled=True):
                return self._cancelled_timer(action)
            case SignalEntity():
                step = self._schedule(action)
                step.end()
                return step
            case _:
                return self._schedule(action)

    def _schedule(self, action: Scheduled) -> _Step:
        event_id = self._next_id
        self._next_id += 1
        step = self._steps[event_id] = _Step()
        recorded = self._recorded.get(event_id)
        if recorded is None:
            self._walk.new[event_id] = action
        elif not _matches(recorded, action):
            raise NonDeterminismError(event_id, _describe_event(recorded), _describe(action))
        if isinstance(action, CallEntity):
            self._walk.calls.add(event_id)
        return step

    def _cancelled_timer(self, action: CreateTimer) -> _Step:
        """It ends at once but keeps its number; one that was never created needs no creating."""
        step = self._schedule(action)
        event_id = self._next_id - 1
        self._walk.new.pop(event_id, None)
        self._walk.cancelled.add(event_id)
        step.end()
        return step

    def _listen(self, name: str) -> _Step:
        step = _Step()
        if self._early[name]:
            self._early[name].popleft()
            step.end()
        else:
            self._listeners[name].append(step)
        return step

    def _with_retry(self, action: CallActivity | CallOrchestrator, retry: Retry) -> _Step:
        whole = _Step()
        failures = 0

        def attempt(_: _Step | None = None) -> None:
            self._schedule(action).then(judge)

        def judge(step: _Step) -> None:
            nonlocal failures
            if not step.failed:
                whole.end()
                return
            failures += 1
            # The pause comes before the check: after the last failure there is one more timer.
            pause = self._schedule(CreateTimer(self._now + retry.interval))
            pause.then(attempt if failures < retry.attempts else lambda _: whole.end(failed=True))

        attempt()
        return whole


def _when_all(members: list[_Step]) -> _Step:
    """Ends when *all* have: a fan-out that failed schedules nothing before its last sibling."""
    group = _Step()
    left = len(members)

    def one_less(_: _Step) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            group.end()

    for member in members:
        member.then(one_less)
    if not members:
        group.end()
    return group


def _when_any(members: list[_Step]) -> _Step:
    group = _Step()
    for member in members:
        member.then(lambda _: group.end())
    if not members:
        group.end()
    return group


def _matches(recorded: Event, action: Scheduled) -> bool:
    kind, name = EventType(recorded["EventType"]), recorded.get("Name")
    match action:
        case CallActivity():
            return kind == EventType.TASK_SCHEDULED and name == action.name
        case CallHttp():
            return kind == EventType.TASK_SCHEDULED and name == HTTP_ACTIVITY
        case CallOrchestrator():
            return kind == EventType.SUB_ORCHESTRATION_CREATED and name == action.name
        case CreateTimer():
            return kind == EventType.TIMER_CREATED
        case CallEntity() | SignalEntity():
            return kind == EventType.EVENT_SENT and recorded.get("InstanceId") == action.entity_id


def _describe(action: Scheduled) -> str:
    match action:
        case CallActivity(name):
            return f"activity '{name}'"
        case CallHttp():
            return "an HTTP call"
        case CallOrchestrator(name):
            return f"sub-orchestration '{name}'"
        case CreateTimer():
            return "a timer"
        case CallEntity(entity_id) | SignalEntity(entity_id):
            return f"a message to entity '{entity_id}'"


def _describe_event(event: Event) -> str:
    kind = _SCHEDULING[event["EventType"]]
    name = event.get("Name")
    return f"{kind} '{name}'" if name else f"a {kind}"
