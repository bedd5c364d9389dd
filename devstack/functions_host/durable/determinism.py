"""Whether an orchestrator asks for the same step as its history says it did."""

from devstack.functions_host.durable.actions import (
    CallActivity,
    CallEntity,
    CallHttp,
    CallOrchestrator,
    CreateTimer,
    SignalEntity,
)
from devstack.functions_host.durable.history import Event, EventType

Scheduled = CallActivity | CallOrchestrator | CallHttp | CallEntity | SignalEntity | CreateTimer
HTTP_ACTIVITY = "BuiltIn::HttpActivity"
SCHEDULING = {
    EventType.TASK_SCHEDULED: "activity",
    EventType.SUB_ORCHESTRATION_CREATED: "sub-orchestration",
    EventType.TIMER_CREATED: "timer",
    EventType.EVENT_SENT: "entity message",
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


def matches(recorded: Event, action: Scheduled) -> bool:
    """Whether the history recorded this action: the same kind, and the same name or entity."""
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


def describe(action: Scheduled) -> str:
    """The action in words, for NonDeterminismError."""
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


def describe_event(event: Event) -> str:
    """The same of a scheduling event of the history."""
    kind = SCHEDULING[event["EventType"]]
    name = event.get("Name")
    return f"{kind} '{name}'" if name else f"a {kind}"
