"""Drives an orchestrator by hand: activities are answered from a table, timers fire at once."""

import inspect
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

Answer = dict[str, Any] | Exception
Answers = dict[str, Answer | list[Answer] | Callable[[dict[str, Any]], Answer]]

RUN: dict[str, Any] = {
    "deployment_id": "11111111-1111-4111-8111-111111111111",
    "user_id": "22222222-2222-4222-8222-222222222222",
    "model_id": "33333333-3333-4333-8333-333333333333",
    "deployment_name": "blue",
    "endpoint_name": "iris",
    "endpoint_generated": False,
    "instance_type": "Standard_DS1_v2",
    "instance_count": 1,
    "deadlines": {"endpoint": 1200.0, "deployment": 2700.0, "traffic": 900.0, "removal": 3600.0},
    "request_id": "r1",
    "traceparent": None,
}
MODEL = {"name": "slipway-m", "version": "abc"}
RECIPE = {
    "sha256": "0",
    "version": "abc",
    "algorithm": "Ridge",
    "columns": [],
    "example": {"x": 1.0},
    "requirements": [],
    "environment_name": "slipway-serving-0",
}


def done(**value: Any) -> Answer:
    return {"value": {"waiting": False, "message": "", **value}}


def waiting(message: str = "busy") -> Answer:
    return {"value": {"waiting": True, "message": message}}


def failed(code: str) -> Answer:
    return {"failed": {"code": code, "message": f"{code} happened.", "fix": "Do this."}}


def trouble(code: str, wait: float = 1) -> Exception:
    return Exception(f"Activity function 'x' failed: [{code} wait={wait:g}] it is busy \n details")


ALL_DONE: Answers = {
    "verify_workspace": done(location="eastus"),
    "prepare_model": done(artifact="a", serving=RECIPE),
    "register_model": done(model=MODEL),
    "create_endpoint": done(),
    "create_deployment": done(traffic_before={}),
    "verify_deployment": done(),
    "shift_traffic": done(),
    "finalize": done(),
    "withdraw_traffic": done(),
    "remove_deployment": done(),
    "remove_endpoint": done(),
    "record_failure": done(),
    "rotate_key": done(),
    "end_operation": done(),
    "set_autoscale": done(),
    "verify_update": done(instance_count=1),
    "change_variables": done(),
    "scale_deployment": done(),
    "keep_update": done(),
    "restore_deployment": done(),
    "move_traffic": done(),
    "step_release": done(),
    "watch_release": done(silent=False),
    "recall_recipe": done(model=MODEL, recipe=RECIPE),
    "return_to_sleep": done(),
}


@dataclass
class Task:
    kind: str
    name: str = ""
    value: Any = None
    result: Any = None
    """Of an external event that has come."""
    members: list["Task"] = field(default_factory=list)
    over: bool = False
    """Of a timer that has fired, or that was cancelled."""

    @property
    def is_completed(self) -> bool:
        return self.result is not None

    def cancel(self) -> None:
        """Of a timer that nobody waits for any more. The SDK refuses it for one that has fired."""
        if self.over:
            raise ValueError("Cannot cancel a completed task.")
        self.over = True


@dataclass
class Context:
    """What an orchestrator sees; time passes only through timers."""

    answers: Answers
    orchestrators: dict[str, Callable[[Any], Any]]
    request: dict[str, Any]
    instance_id: str = "i"
    version: str | None = "2"
    current_utc_datetime: datetime = datetime(2026, 11, 23, tzinfo=UTC)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    statuses: list[Any] = field(default_factory=list)
    subs: list[str] = field(default_factory=list)
    """Ids of the orchestrations that were called."""
    events: list[tuple[float, str]] = field(default_factory=list)
    """External events: seconds after the beginning, and what they say; oldest first."""
    began: datetime = datetime(2026, 11, 23, tzinfo=UTC)
    timers: list[Task] = field(default_factory=list)
    heard: list[Task] = field(default_factory=list)
    """Every wait for an external event, oldest first."""

    def get_input(self) -> dict[str, Any]:
        return self.request

    def set_custom_status(self, status: Any) -> None:
        self.statuses.append(status)

    def call_activity(self, name: str, value: dict[str, Any]) -> Task:
        return Task("activity", name, value)

    def call_sub_orchestrator(self, name: str, value: dict[str, Any], instance_id: str) -> Task:
        return Task("sub", name, (value, instance_id))

    def task_all(self, members: list[Task]) -> Task:
        return Task("all", members=members)

    def task_any(self, members: list[Task]) -> Task:
        return Task("any", members=members)

    def wait_for_external_event(self, name: str) -> Task:
        self.heard.append(Task("event", name))
        return self.heard[-1]

    def create_timer(self, fire_at: datetime) -> Task:
        self.timers.append(Task("timer", value=fire_at))
        return self.timers[-1]

    def resolve(self, task: Task) -> Any:
        if task.kind == "timer":
            self.waits.append((task.value - self.current_utc_datetime) / timedelta(seconds=1))
            self.current_utc_datetime = task.value
            task.over = True
            return None
        if task.kind == "any":
            timer, event = task.members
            if self.events and self.began + timedelta(seconds=self.events[0][0]) <= timer.value:
                seconds, event.result = self.events.pop(0)
                at = self.began + timedelta(seconds=seconds)
                self.current_utc_datetime = max(self.current_utc_datetime, at)
                return event
            self.resolve(timer)
            return timer
        if task.kind == "all":
            return [self.resolve(member) for member in task.members]
        if task.kind == "sub":
            self.subs.append(task.value[1])
            self.request, outer = json.loads(json.dumps(task.value[0])), self.request
            result = _run(self.orchestrators[task.name], self)
            self.request = outer
            return result
        self.calls.append((task.name, task.value))
        answer = self._answer(task)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _answer(self, task: Task) -> Answer:
        answer = self.answers[task.name]
        if isinstance(answer, list):
            return answer.pop(0) if len(answer) > 1 else answer[0]
        return answer(task.value) if callable(answer) else answer


def drive(
    orchestrator: Callable[[Any], Any],
    answers: Answers,
    request: dict[str, Any] | None = None,
    version: str | None = "2",
    events: list[tuple[float, str]] | None = None,
) -> tuple[Any, Context]:
    """The orchestrator's result, and the context with its calls, waits and statuses."""
    from orchestrators.open_endpoint import open_endpoint
    from orchestrators.stage_model import stage_model

    subs: dict[str, Callable[[Any], Any]] = {
        "open_endpoint": open_endpoint,
        "stage_model": stage_model,
    }
    context = Context(answers, subs, request or RUN, version=version, events=events or [])
    result = _run(orchestrator, context)
    assert all(timer.over for timer in context.timers), "an open timer keeps an orchestration alive"
    return result, context


def names(context: Context) -> list[str]:
    return [name for name, _ in context.calls]


def _run(orchestrator: Callable[[Any], Any], context: Context) -> Any:
    steps: Iterator[Any] = orchestrator(context)
    assert inspect.isgenerator(steps)
    try:
        task: Any = next(steps)
        while True:
            try:
                result = context.resolve(task)
            except Exception as error:
                task = steps.throw(error)
            else:
                task = steps.send(result)
    except StopIteration as end:
        return end.value
