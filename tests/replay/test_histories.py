"""Histories of earlier runs, replayed by today's orchestrators: same steps, same end."""

import importlib
import json
from pathlib import Path
from typing import Any

import pytest
from azure.durable_functions.orchestrator import Orchestrator
from azure.functions import OrchestrationContext

import orchestrators

HISTORIES = sorted((Path(__file__).parent / "histories").glob("*.json"))
SCHEDULED = {4: "activity", 7: "orchestration", 10: "timer"}
"""EventType of what an orchestrator has scheduled."""
ACTIONS = {0: "activity", 2: "orchestration", 5: "timer"}
WAITED_FOR = 6
"""An external event is scheduled by nobody, so that a history has nothing of it."""


def replayed(saved: dict[str, Any], history: list[dict[str, Any]]) -> dict[str, Any]:
    module = importlib.import_module(f"orchestrators.{saved['orchestrator']}")
    orchestrator = getattr(module, saved["orchestrator"])
    last = max(i for i, event in enumerate(history) if event["EventType"] == 12)
    context = {
        "history": [{**event, "IsPlayed": i < last} for i, event in enumerate(history)],
        "input": saved["input"],
        "instanceId": saved["instance_id"],
        "isReplaying": last > 0,
        "parentInstanceId": None,
        "upperSchemaVersion": 1,
        "upperSchemaVersionNew": 2,
    }
    answer: dict[str, Any] = json.loads(
        Orchestrator.create(orchestrator)(OrchestrationContext(json.dumps(context)))
    )
    return answer


def scheduled(history: list[dict[str, Any]]) -> list[tuple[str, str | None]]:
    events = [event for event in history if event["EventType"] in SCHEDULED]
    events.sort(key=lambda event: event["EventId"])
    return [(SCHEDULED[event["EventType"]], event.get("Name")) for event in events]


def acted(answer: dict[str, Any]) -> list[tuple[str, str | None]]:
    flat = [action for batch in answer["actions"] for action in batch]
    members = [member for action in flat for member in action.get("compoundActions", [action])]
    return [
        (ACTIONS[member["actionType"]], member.get("functionName"))
        for member in members
        if member["actionType"] != WAITED_FOR
    ]


@pytest.mark.parametrize("file", HISTORIES, ids=lambda file: file.stem)
def test_todays_code_takes_the_same_steps_to_the_same_end(file):
    saved = json.loads(file.read_text())
    answer = replayed(saved, saved["history"])
    assert acted(answer) == scheduled(saved["history"])
    assert answer["isDone"]
    assert answer["output"] == saved["output"]


@pytest.mark.parametrize("file", HISTORIES, ids=lambda file: file.stem)
def test_every_turn_of_the_run_replays_to_what_it_scheduled_then(file):
    saved = json.loads(file.read_text())
    history = saved["history"]
    turns = [i for i, event in enumerate(history) if event["EventType"] == 13]
    for before, end in zip([0, *turns], turns, strict=False):
        known = [event for event in history[:end] if event["EventType"] not in SCHEDULED]
        earlier = [event for event in history[:before] if event["EventType"] in SCHEDULED]
        turn = sorted([*known, *earlier], key=history.index)
        assert acted(replayed(saved, turn)) == scheduled(history[:end])


def test_there_is_a_saved_history_of_every_orchestrator():
    saved = {json.loads(file.read_text())["orchestrator"] for file in HISTORIES}
    shipped = Path(orchestrators.__file__).parent.glob("*.py")
    assert saved == {file.stem for file in shipped} - {"__init__"}


def test_there_is_a_saved_history_of_every_version_of_what_differs_by_version():
    host = json.loads((Path(orchestrators.__file__).parents[1] / "host.json").read_text())
    newest = int(host["extensions"]["durableTask"]["defaultVersion"])
    saved: dict[str, set[int]] = {}
    for file in HISTORIES:
        found = json.loads(file.read_text())
        [begun] = [event for event in found["history"] if event["EventType"] == 0]
        saved.setdefault(found["orchestrator"], set()).add(int(begun.get("Version") or 1))
    for file in Path(orchestrators.__file__).parent.glob("*.py"):
        if "is_at_least(" in file.read_text():
            assert saved[file.stem] == set(range(1, newest + 1))
    assert all(newest in versions for versions in saved.values())
