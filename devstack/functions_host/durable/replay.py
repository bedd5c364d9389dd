"""The walk: which of an orchestrator's actions are new, and with which ids, as the SDK counts them.

The SDK sends all actions since the start of the execution; events match them by sequence number.
Numbers are given out while the walk runs over the history, event by event, because a failed attempt
of a retry takes two more (a timer, then the next attempt) at the moment it fails. Pure: the same
actions and history give the same result.
"""

import json
from collections import Counter, defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from devstack.functions_host.durable.actions import (
    Action,
    CallActivity,
    CallEntity,
    CallOrchestrator,
    ContinueAsNew,
    CreateTimer,
    Retry,
    SignalEntity,
    WaitForEvent,
    WhenAll,
    WhenAny,
)
from devstack.functions_host.durable.determinism import (
    SCHEDULING,
    NonDeterminismError,
    Scheduled,
    describe,
    describe_event,
    matches,
)
from devstack.functions_host.durable.history import Event, EventType
from devstack.functions_host.durable.steps import Step, when_all, when_any

_ENDS: dict[int, tuple[str, bool]] = {
    EventType.TASK_COMPLETED: ("TaskScheduledId", False),
    EventType.TASK_FAILED: ("TaskScheduledId", True),
    EventType.SUB_ORCHESTRATION_COMPLETED: ("TaskScheduledId", False),
    EventType.SUB_ORCHESTRATION_FAILED: ("TaskScheduledId", True),
    EventType.TIMER_FIRED: ("TimerId", False),
}


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


class _Walker:
    def __init__(self, actions: Sequence[Action], history: Sequence[Event], now: datetime) -> None:
        self._actions = actions
        self._history = history
        self._now = now
        self._position = 0
        self._next_id = 0
        self._steps: dict[int, Step] = {}
        self._recorded = {e["EventId"]: e for e in history if e["EventType"] in SCHEDULING}
        self._listeners: dict[str, list[Step]] = defaultdict(list)
        self._early: dict[str, deque[Event]] = defaultdict(deque)
        self._entity_calls: dict[str, int] = {}
        self._walk = Walk()

    def run(self) -> Walk:
        for event in self._history:
            self._see(event)
        for event_id, recorded in self._recorded.items():
            if event_id not in self._steps:
                raise NonDeterminismError(event_id, describe_event(recorded), "no longer asked for")
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

    def _advance(self, _: Step | None = None) -> None:
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

    def _start(self, action: Action) -> Step:
        match action:
            case WhenAll(members):
                return when_all([self._start(member) for member in members])
            case WhenAny(members):
                return when_any([self._start(member) for member in members])
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

    def _schedule(self, action: Scheduled) -> Step:
        event_id = self._next_id
        self._next_id += 1
        step = self._steps[event_id] = Step()
        recorded = self._recorded.get(event_id)
        if recorded is None:
            self._walk.new[event_id] = action
        elif not matches(recorded, action):
            raise NonDeterminismError(event_id, describe_event(recorded), describe(action))
        if isinstance(action, CallEntity):
            self._walk.calls.add(event_id)
        return step

    def _cancelled_timer(self, action: CreateTimer) -> Step:
        """It ends at once but keeps its number; one that was never created needs no creating."""
        step = self._schedule(action)
        event_id = self._next_id - 1
        self._walk.new.pop(event_id, None)
        self._walk.cancelled.add(event_id)
        step.end()
        return step

    def _listen(self, name: str) -> Step:
        step = Step()
        if self._early[name]:
            self._early[name].popleft()
            step.end()
        else:
            self._listeners[name].append(step)
        return step

    def _with_retry(self, action: CallActivity | CallOrchestrator, retry: Retry) -> Step:
        whole = Step()
        failures = 0

        def attempt(_: Step | None = None) -> None:
            self._schedule(action).then(judge)

        def judge(step: Step) -> None:
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
