"""The events of an orchestration's history, in the field names that the SDK reads.

Results, inputs and outputs inside events are JSON *text*, as on the wire. `IsPlayed` is added when
a history is handed to the SDK (`codec.orchestration_context`); it is no property of the event
itself.
"""

from datetime import UTC, datetime
from enum import IntEnum
from typing import Any

Event = dict[str, Any]


class EventType(IntEnum):
    EXECUTION_STARTED = 0
    EXECUTION_COMPLETED = 1
    EXECUTION_FAILED = 2
    EXECUTION_TERMINATED = 3
    TASK_SCHEDULED = 4
    TASK_COMPLETED = 5
    TASK_FAILED = 6
    SUB_ORCHESTRATION_CREATED = 7
    SUB_ORCHESTRATION_COMPLETED = 8
    SUB_ORCHESTRATION_FAILED = 9
    TIMER_CREATED = 10
    TIMER_FIRED = 11
    ORCHESTRATOR_STARTED = 12
    ORCHESTRATOR_COMPLETED = 13
    EVENT_SENT = 14
    EVENT_RAISED = 15
    CONTINUE_AS_NEW = 16
    GENERIC = 17
    SUSPENDED = 19
    RESUMED = 20


def timestamp(moment: datetime) -> str:
    """UTC with a fixed number of digits, so that text order is time order."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def now() -> datetime:
    return datetime.now(UTC)


def event(kind: EventType, event_id: int = -1, **fields: Any) -> Event:
    return {"EventType": int(kind), "EventId": event_id, "Timestamp": timestamp(now()), **fields}


def execution_started(name: str, input_json: str | None, version: str | None) -> Event:
    # The SDK reads `Version` without a default: it must be there even when it is null.
    return event(EventType.EXECUTION_STARTED, Name=name, Input=input_json, Version=version)


def task_completed(task_id: int, result_json: str) -> Event:
    return event(EventType.TASK_COMPLETED, TaskScheduledId=task_id, Result=result_json)


def task_failed(task_id: int, reason: str, details: str) -> Event:
    return event(EventType.TASK_FAILED, TaskScheduledId=task_id, Reason=reason, Details=details)


def child_completed(task_id: int, result_json: str) -> Event:
    kind = EventType.SUB_ORCHESTRATION_COMPLETED
    return event(kind, TaskScheduledId=task_id, Result=result_json)


def child_failed(task_id: int, reason: str, details: str) -> Event:
    kind = EventType.SUB_ORCHESTRATION_FAILED
    return event(kind, TaskScheduledId=task_id, Reason=reason, Details=details)


def timer_fired(timer_id: int, fire_at: str) -> Event:
    return event(EventType.TIMER_FIRED, TimerId=timer_id, FireAt=fire_at)


def event_raised(name: str, input_json: str) -> Event:
    return event(EventType.EVENT_RAISED, Name=name, Input=input_json)


def terminated(reason: str) -> Event:
    return event(EventType.EXECUTION_TERMINATED, Input=reason)


def suspended(reason: str) -> Event:
    return event(EventType.SUSPENDED, Reason=reason)


def resumed(reason: str) -> Event:
    return event(EventType.RESUMED, Reason=reason)


def rewound(reason: str) -> Event:
    return event(EventType.GENERIC, Data=f"Rewound: {reason}")
