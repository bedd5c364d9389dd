"""An instance as the management API shows it."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from devstack.functions_host.durable.history import Event, EventType
from devstack.functions_host.durable.instance import Instance

_ENDS = {
    EventType.TASK_COMPLETED: "TaskScheduledId",
    EventType.TASK_FAILED: "TaskScheduledId",
    EventType.SUB_ORCHESTRATION_COMPLETED: "TaskScheduledId",
    EventType.SUB_ORCHESTRATION_FAILED: "TaskScheduledId",
    EventType.TIMER_FIRED: "TimerId",
}
_STARTS = (
    EventType.TASK_SCHEDULED,
    EventType.SUB_ORCHESTRATION_CREATED,
    EventType.TIMER_CREATED,
)
_HIDDEN = (EventType.ORCHESTRATOR_STARTED, EventType.ORCHESTRATOR_COMPLETED)
_NAMES = {
    EventType.SUB_ORCHESTRATION_CREATED: "SubOrchestrationInstanceCreated",
    EventType.SUB_ORCHESTRATION_COMPLETED: "SubOrchestrationInstanceCompleted",
    EventType.SUB_ORCHESTRATION_FAILED: "SubOrchestrationInstanceFailed",
    EventType.SUSPENDED: "ExecutionSuspended",
    EventType.RESUMED: "ExecutionResumed",
    EventType.GENERIC: "GenericEvent",
}


def status_of(
    instance: Instance, *, show_input: bool = True, history: Sequence[Event] | None = None
) -> dict[str, Any]:
    status: dict[str, Any] = {
        "name": instance.name,
        "instanceId": instance.instance_id,
        "runtimeStatus": instance.status,
        "input": _value(instance.input) if show_input else None,
        "customStatus": _value(instance.custom_status),
        "output": _value(instance.output),
        "createdTime": _in_seconds(instance.created_at),
        "lastUpdatedTime": _in_seconds(instance.updated_at),
    }
    if history is not None:
        status["historyEvents"] = history
    return status


def shown_history(
    history: Sequence[Event], *, show_output: bool, show_input: bool
) -> list[dict[str, Any]]:
    """History for readers: a step that has ended is one entry, with name and schedule time."""
    starts = {e["EventId"]: e for e in history if e["EventType"] in _STARTS}
    ended = {e[_ENDS[e["EventType"]]] for e in history if e["EventType"] in _ENDS}
    shown = []
    for event in history:
        kind = EventType(event["EventType"])
        if kind in _HIDDEN or (kind in _STARTS and event["EventId"] in ended):
            continue
        start = starts.get(event.get(_ENDS.get(kind, ""), -1))
        shown.append(_entry(kind, event, start, show_output, show_input))
    return shown


def _entry(
    kind: EventType, event: Event, start: Event | None, show_output: bool, show_input: bool
) -> dict[str, Any]:
    entry: dict[str, Any] = {"EventType": _name(kind), "Timestamp": event["Timestamp"]}
    if start is not None:
        entry["ScheduledTime"] = start["Timestamp"]
    name = (start or event).get("Name")
    if name is not None:
        entry["Name" if kind == EventType.EVENT_RAISED else "FunctionName"] = name
    for field in ("FireAt", "InstanceId", "OrchestrationStatus", "Reason", "Details"):
        if field in event:
            entry[field] = event[field]
    if show_output and "Result" in event:
        entry["Result"] = _value(event["Result"])
    if show_input and event.get("Input") is not None:
        entry["Input"] = _text_or_value(kind, event)
    return entry


def _text_or_value(kind: EventType, event: Mapping[str, Any]) -> object:
    return event["Input"] if kind == EventType.EXECUTION_TERMINATED else _value(event["Input"])


def _name(kind: EventType) -> str:
    return _NAMES.get(kind) or "".join(word.capitalize() for word in kind.name.split("_"))


def _in_seconds(moment: str) -> str:
    """A time as the extension shows it: no fractions."""
    return f"{moment.partition('.')[0]}Z"


def _value(text: str | None) -> Any:
    return None if text is None else json.loads(text)
