"""The wire protocol of azure-functions-durable 1.x, replay schema V3: its JSON is known only here.

Out: the context that an orchestrator or entity is invoked with. In: the actions and outcome that it
answers. `maximumShortTimerDuration` is left out, as the storage providers without a limit on timers
do: a timer of any length is then one timer.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

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
from devstack.functions_host.durable.instance import EntityMessage

# An orchestrator that fails raises; what it answers is in the message after this label.
ERROR_LABEL = "$OutOfProcData$:"


class UnknownActionError(Exception):
    """The SDK asked for a kind of action that this host does not know."""

    def __init__(self, kind: object) -> None:
        super().__init__(f"the SDK asked for action type {kind}, which this host does not know")


@dataclass(frozen=True)
class Outcome:
    """What a replay answered. `output` is JSON text; `custom_status` None means unchanged."""

    actions: tuple[Action, ...]
    is_done: bool = False
    output: str = "null"
    error: str | None = None
    custom_status: str | None = None


def orchestration_context(
    instance_id: str,
    parent_id: str | None,
    input_json: str | None,
    history: Sequence[Event],
) -> str:
    """The trigger value of an orchestrator; all before the last OrchestratorStarted is played."""
    starts = [i for i, e in enumerate(history) if e["EventType"] == EventType.ORCHESTRATOR_STARTED]
    boundary = starts[-1]
    return json.dumps(
        {
            "history": [{**e, "IsPlayed": i < boundary} for i, e in enumerate(history)],
            "input": None if input_json is None else json.loads(input_json),
            "instanceId": instance_id,
            "isReplaying": boundary > 0,
            "parentInstanceId": parent_id,
            "upperSchemaVersion": 1,
            "upperSchemaVersionNew": 2,
            "defaultHttpAsyncRequestSleepTimeMillseconds": 30000,  # the platform's spelling
        }
    )


def orchestration_outcome(answer: str) -> Outcome:
    """Read what an orchestrator returned, or what its exception carries after ERROR_LABEL."""
    state = json.loads(answer)
    status = state.get("customStatus")
    return Outcome(
        actions=tuple(_action(a) for batch in state["actions"] for a in batch),
        is_done=bool(state.get("isDone")),
        output=json.dumps(state.get("output")),
        error=state.get("error"),
        custom_status=None if status is None else json.dumps(status),
    )


def failed_outcome(message: str) -> Outcome | None:
    """The outcome inside the exception of a failing orchestrator; None if there is none in it."""
    _, label, answer = message.rpartition(ERROR_LABEL)
    return orchestration_outcome(answer) if label else None


def entity_context(
    name: str, key: str, state: str | None, messages: Sequence[EntityMessage]
) -> str:
    """The trigger value of an entity: a batch of operations on its state."""
    batch = [{"name": m.operation, "input": m.input or "null"} for m in messages]
    return json.dumps(
        {
            "self": {"name": name, "key": key},
            "exists": state is not None,
            "state": state,
            "batch": batch,
        }
    )


@dataclass(frozen=True)
class EntityOutcome:
    """The entity's state after a batch, None if it is gone, and a response for each operation."""

    state: str | None
    responses: tuple[str, ...]


def entity_outcome(answer: str) -> EntityOutcome:
    found = json.loads(answer)
    return EntityOutcome(
        state=found["entityState"] if found["entityExists"] else None,
        responses=tuple(entity_response(r["result"], r["isError"]) for r in found["results"]),
    )


def entity_response(result_json: str, is_error: bool) -> str:
    """What the caller's SDK reads: it takes any `exceptionType` for a failure."""
    response = {"result": result_json}
    return json.dumps({**response, "exceptionType": "Error"} if is_error else response)


def _action(a: Mapping[str, Any]) -> Action:
    match a["actionType"]:
        case 0 | 1:
            return CallActivity(a["functionName"], a.get("input"), _retry(a))
        case 2 | 3:
            return CallOrchestrator(
                a["functionName"], a.get("input"), a.get("instanceId"), a.get("version"), _retry(a)
            )
        case 4:
            return ContinueAsNew(a.get("input"))
        case 5:
            return CreateTimer(_moment(a["fireAt"]), bool(a.get("isCanceled")))
        case 6:
            return WaitForEvent(a["externalEventName"])
        case 7:
            return CallEntity(a["instanceId"], a["operation"], a.get("input"))
        case 8:
            return CallHttp(a["httpRequest"])
        case 9:
            return SignalEntity(a["instanceId"], a["operation"], a.get("input"))
        case 11:
            return WhenAny(tuple(_action(member) for member in a["compoundActions"]))
        case 12:
            return WhenAll(tuple(_action(member) for member in a["compoundActions"]))
        case kind:
            raise UnknownActionError(kind)


def _retry(a: Mapping[str, Any]) -> Retry | None:
    options = a.get("retryOptions")
    if options is None:
        return None
    interval = timedelta(milliseconds=options["firstRetryIntervalInMilliseconds"])
    return Retry(interval, options["maxNumberOfAttempts"])


def _moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
