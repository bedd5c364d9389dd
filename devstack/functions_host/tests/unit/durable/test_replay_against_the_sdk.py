"""In whatever order things end, each result reaches the step that asked for it.

Random programs of nested groups run in the real SDK against the host's turns. A wrong number would
give a step somebody else's result, a warning from the SDK (an error here), or an orchestration that
is stuck.
"""

import json
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from azure.durable_functions import RetryOptions
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from devstack.functions_host.durable import history as h
from devstack.functions_host.durable.catalogue import Catalogue
from devstack.functions_host.durable.instance import Status
from devstack.functions_host.durable.replay import walk
from devstack.functions_host.tests.support.world import World

ATTEMPTS = 3
CATALOGUE = Catalogue(frozenset({"act"}), frozenset({"sub"}), frozenset())


@dataclass
class Step:
    """kind: act, retry, timer, event, sub, all or any. `tag` is given once the program is whole."""

    kind: str
    failures: int = 0
    members: tuple["Step", ...] = ()
    tag: str = ""


def _group(kind: str, members: list[Step]) -> Step:
    return Step(kind, members=tuple(members))


leaves = st.one_of(
    st.builds(Step, st.sampled_from(["act", "timer", "event", "sub"])),
    st.builds(Step, st.just("retry"), st.integers(0, ATTEMPTS - 1)),
)
steps = st.recursive(
    leaves,
    lambda inner: st.builds(
        _group, st.sampled_from(["all", "any"]), st.lists(inner, min_size=1, max_size=3)
    ),
    max_leaves=5,
)


def _number(program: list[Step], prefix: str = "") -> None:
    for n, step in enumerate(program):
        step.tag = f"{prefix}{n}"
        _number(list(step.members), f"{step.tag}.")


def _task(context: Any, step: Step) -> Any:
    match step.kind:
        case "act":
            return context.call_activity("act", step.tag)
        case "retry":
            return context.call_activity_with_retry("act", RetryOptions(1, ATTEMPTS), step.tag)
        case "timer":
            return context.create_timer(context.current_utc_datetime + timedelta(hours=1))
        case "event":
            return context.wait_for_external_event(step.tag)
        case "sub":
            return context.call_sub_orchestrator("sub", step.tag)
        case "all":
            return context.task_all([_task(context, m) for m in step.members])
        case _:
            return context.task_any([_task(context, m) for m in step.members])


def _is_right(step: Step, task: Any) -> bool:
    """Whether a task ended with its own step's result."""
    if step.kind == "timer":
        return task.result is None
    if step.kind == "all":
        return all(_is_right(m, c) for m, c in zip(step.members, task.children, strict=True))
    if step.kind == "any":
        return any(
            c is task.result and _is_right(m, c)
            for m, c in zip(step.members, task.children, strict=True)
        )
    return bool(task.result == step.tag)


def _orchestrator(program: list[Step]) -> Any:
    def run(context: Any) -> Any:
        for step in program:
            task = _task(context, step)
            yield task
            if not _is_right(step, task):
                return f"step {step.tag} got {task.result!r}"
        return "all right"

    return run


def _leaves(program: list[Step]) -> list[Step]:
    return [x for s in program for x in ([s] if not s.members else _leaves(list(s.members)))]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(steps, min_size=1, max_size=4), st.data())
def test_each_result_reaches_the_step_that_asked_for_it(
    program: list[Step], data: st.DataObject
) -> None:
    _number(program)
    failures = {s.tag: s.failures for s in _leaves(program)}
    events = [s.tag for s in _leaves(program) if s.kind == "event"]
    attempts: Counter[str] = Counter()
    world = World(_orchestrator(program), CATALOGUE)
    world.take_turns()
    while not world.instance.status.is_final:
        owed: list[Any] = [*world.pending, *(("event", tag) for tag in events)]
        assert owed, "the orchestration is stuck"
        # Sometimes several things end before the orchestration gets its next turn.
        for choice in data.draw(st.lists(st.sampled_from(owed), min_size=1, unique=True)):
            if choice[0] == "event":
                events.remove(choice[1])
                world.deliver(h.event_raised(choice[1], json.dumps(choice[1])))
                continue
            tag = "" if choice[0] == "timer" else _tag(choice)
            attempts[tag] += 1
            failed = choice[0] == "work" and attempts[tag] <= failures[tag]
            world.settle(choice, json.dumps(tag), failed)
        world.take_turns()
    assert world.instance.status is Status.COMPLETED, world.instance.output
    assert world.instance.output == '"all right"'
    assert not walk(world.actions, world.history, h.now()).new


def _tag(choice: tuple[str, int, str]) -> str:
    """A child's input is JSON text inside a JSON string, an activity's is JSON text."""
    text = json.loads(choice[2])
    tag: str = json.loads(text) if choice[0] == "child" else text
    return tag
