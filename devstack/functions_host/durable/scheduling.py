"""What a turn sets off: an event in the history for each new action, and what that brings about."""

import json
from collections.abc import Callable

from devstack.functions_host.durable import history as h
from devstack.functions_host.durable.actions import (
    CallActivity,
    CallEntity,
    CallHttp,
    CallOrchestrator,
    CreateTimer,
    SignalEntity,
)
from devstack.functions_host.durable.catalogue import Catalogue
from devstack.functions_host.durable.determinism import HTTP_ACTIVITY
from devstack.functions_host.durable.history import Event, EventType
from devstack.functions_host.durable.instance import (
    EntityMessage,
    Instance,
    NewInstance,
    NewTimer,
    NewWork,
    Parent,
    Turn,
)
from devstack.functions_host.durable.replay import Walk


def call_id(instance: Instance, event_id: int) -> str:
    """By which the answer to this entity call is raised."""
    return f"{instance.execution_id}:{event_id}"


def schedule(instance: Instance, found: Walk, turn: Turn, catalogue: Catalogue) -> None:
    """Add each new action to the turn: its event, and the work, timer, child or message it makes.

    Raises UnknownFunctionError.
    """
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
