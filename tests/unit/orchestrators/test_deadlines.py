"""Every step of the newer operations ends in its own time, and what they return is spelled out."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import orchestrators
from orchestrators.change_traffic import change_traffic
from orchestrators.deploy_batch import deploy_batch
from orchestrators.deploy_in_turn import deploy_in_turn
from orchestrators.deploy_model import deploy_model
from orchestrators.roll_back import roll_back
from orchestrators.sleep_deployment import sleep_deployment
from orchestrators.update_deployment import update_deployment
from orchestrators.wake_deployment import wake_deployment
from shared.errors.waiting import DeadlineExceeded
from tests.support.orchestration import (
    ALL_DONE,
    RECIPE,
    RUN,
    Context,
    _run,
    done,
    drive,
    failed,
    names,
    waiting,
)

Orchestrator = Callable[[Any], Any]
DEADLINES = {"endpoint": 101.0, "deployment": 202.0, "traffic": 303.0, "removal": 404.0}
PLAIN = {**RUN, "deadlines": {**DEADLINES, "step": 55.0}}
SPLIT = {"traffic": {"blue": 100}, "mirror": {}}
MOVE = {**PLAIN, "wanted": SPLIT, "expected": SPLIT}
SPEC = {"model_id": RUN["model_id"], "deployment_name": "blue", "endpoint_name": "iris"}
LIMITS = {"min": 1, "max": 3}
CHANGE = {"instance_count": 2, "autoscale": LIMITS, "environment_variables": {"A": "1"}}
UPDATE = {**PLAIN, "spec": SPEC, "change": CHANGE}
ASLEEP = {**PLAIN, "asleep": True}
BATCH = {"operation_id": "b", "user_id": "u", "deadlines": PLAIN["deadlines"], "lanes": 1}
BATCHED = {**BATCH, "on_failure": "go_on"}
WOKEN = {**PLAIN, "spec": {**SPEC, "autoscale": LIMITS}}

STEPS = [
    (change_traffic, MOVE, "move_traffic", 303),
    (roll_back, {**PLAIN, "asleep": False}, "move_traffic", 303),
    (roll_back, ASLEEP, "create_endpoint", 101),
    (wake_deployment, PLAIN, "verify_workspace", 55),
    (wake_deployment, PLAIN, "recall_recipe", 55),
    (wake_deployment, PLAIN, "create_endpoint", 101),
    (wake_deployment, PLAIN, "create_deployment", 202),
    (wake_deployment, PLAIN, "verify_deployment", 55),
    (wake_deployment, PLAIN, "shift_traffic", 303),
    (wake_deployment, PLAIN, "finalize", 55),
    (update_deployment, UPDATE, "verify_update", 202),
    (update_deployment, UPDATE, "change_variables", 202),
    (update_deployment, UPDATE, "set_autoscale", 55),
    (update_deployment, UPDATE, "scale_deployment", 202),
    (update_deployment, UPDATE, "keep_update", 55),
]


@pytest.mark.parametrize(
    ("orchestrator", "request_", "phase", "seconds"),
    STEPS,
    ids=[f"{each[0].__name__}-{each[2]}" for each in STEPS],
)
def test_a_step_that_does_not_end_is_given_up_at_its_deadline(
    orchestrator: Orchestrator, request_: dict[str, Any], phase: str, seconds: int
):
    result, context = drive(orchestrator, {**ALL_DONE, phase: waiting()}, request_)
    assert (result["status"], result["phase"]) == ("failed", phase)
    assert result["code"] == "deadline_exceeded"
    assert f"{phase} did not end within {_told(seconds)}" in result["message"]
    assert seconds * 0.6 < sum(context.waits) <= seconds


def _told(seconds: int) -> str:
    return DeadlineExceeded("x", seconds).message.split("within ")[1]


@pytest.mark.parametrize("phase", ["withdraw_traffic", "remove_deployment"])
def test_sleep_waits_for_a_removal_as_long_as_removals_take(phase: str):
    result, context = drive(sleep_deployment, {**ALL_DONE, phase: waiting()}, PLAIN)
    assert result == {"status": "left_to_sweeper"}
    assert 404 * 0.6 < sum(context.waits) <= 404


@pytest.mark.parametrize(
    ("orchestrator", "request_", "refused", "left", "seconds"),
    [
        (wake_deployment, PLAIN, "create_deployment", "remove_deployment", 404),
        (update_deployment, UPDATE, "scale_deployment", "restore_deployment", 202),
    ],
)
def test_what_cannot_be_put_back_in_time_is_told_and_holds_nothing_up(
    orchestrator: Orchestrator, request_: dict[str, Any], refused: str, left: str, seconds: int
):
    answers = {**ALL_DONE, refused: failed("quota_too_small"), left: waiting("busy")}
    result, context = drive(orchestrator, answers, request_)
    assert result["code"] == "quota_too_small"
    assert seconds * 0.6 < sum(context.waits) <= seconds
    told = context.statuses[-1]
    assert (told["phase"], set(told)) == (left, {"phase", "message"})
    assert "did not end" in told["message"]
    assert names(context)[-1] in ("return_to_sleep", "end_operation")


def test_an_update_keeps_what_it_has_begun_for_the_way_back():
    answers = {**ALL_DONE, "keep_update": failed("not_active"), "verify_update": done()}
    _, context = drive(update_deployment, answers, UPDATE)
    [restored] = [value for name, value in context.calls if name == "restore_deployment"]
    assert restored["instance_count"] == 1
    change = restored["change"]
    assert (change["instance_count"], change["environment_variables"]) == (2, {"A": "1"})
    assert change["autoscale"]["max"] == 3


def test_one_that_sleeps_again_removes_what_it_made_whatever_its_endpoint_was():
    answers = {**ALL_DONE, "verify_deployment": failed("cancelled")}
    _, context = drive(wake_deployment, answers, PLAIN)
    [removal] = [value for name, value in context.calls if name == "remove_endpoint"]
    assert removal["only_if_made_by_run"] is False


def test_waking_finalizes_with_the_recipe_that_was_kept_and_autoscale_as_it_was():
    _, context = drive(wake_deployment, ALL_DONE, WOKEN)
    sent = dict(context.calls)
    assert sent["finalize"]["recipe"]["algorithm"] == RECIPE["algorithm"]
    assert sent["set_autoscale"]["autoscale"]["max"] == 3


@pytest.mark.parametrize("known", ["model", "recipe"])
def test_half_of_what_a_deployment_was_made_of_is_not_enough(known: str):
    whole = {"model": {"name": "m", "version": "1"}, "recipe": RECIPE}
    answers = {**ALL_DONE, "recall_recipe": done(**{known: whole[known]})}
    _, context = drive(wake_deployment, answers, PLAIN)
    assert "prepare_model" in names(context)


def test_a_model_that_cannot_be_staged_again_leaves_it_asleep():
    answers = {**ALL_DONE, "recall_recipe": done(), "prepare_model": failed("model_unsafe")}
    result, context = drive(wake_deployment, answers, PLAIN)
    assert (result["status"], result["phase"]) == ("failed", "prepare_model")
    assert result["code"] == "model_unsafe"
    assert names(context)[-1] == "return_to_sleep"


def test_a_rollback_of_what_sleeps_leaves_the_traffic_to_its_own_step():
    _, context = drive(roll_back, ALL_DONE, ASLEEP)
    assert "shift_traffic" not in names(context)


def test_a_lane_whose_turn_cannot_be_taken_ends_and_says_so():
    answers = {**ALL_DONE, "take_turn": failed("batch_not_found")}
    result, context = drive(deploy_in_turn, answers, BATCHED)
    assert result == {"deployed": 0}
    assert context.statuses == [{"phase": "take_turn", "message": "batch_not_found happened."}]


def test_a_lane_takes_no_more_turns_than_the_largest_batch_has():
    turn = {"deployment": {**PLAIN, "deployment_id": "d"}}

    def deployed(context: Any) -> Any:
        return {"status": "active"}
        yield

    context = Context({**ALL_DONE, "take_turn": done(**turn)}, {"deploy_model": deployed}, BATCHED)
    assert _run(deploy_in_turn, context) == {"deployed": 20}


def test_a_batch_whose_end_cannot_be_recorded_says_so():
    answers = {**ALL_DONE, "take_turn": done(deployment=None), "end_batch": failed("crashed")}
    context = Context(answers, {"deploy_in_turn": deploy_in_turn}, BATCHED)
    _run(deploy_batch, context)
    assert context.statuses[-1] == {"phase": "end_batch", "message": "crashed happened."}


def test_every_orchestrator_is_registered_under_its_own_name():
    built = [each._function for each in orchestrators.blueprint()._function_builders]
    files = {file.stem for file in Path(str(orchestrators.__file__)).parent.glob("*.py")}
    assert {each.get_function_name() for each in built} == files - {"__init__"}
    assert {each.get_trigger().name for each in built} == {"context"}


def test_a_step_of_a_release_takes_no_longer_than_traffic_does():
    canary = {"strategy": "canary", "steps": [10], "step_minutes": 2}
    released = {**PLAIN, "spec": {**SPEC, "release": canary}}
    served = {**ALL_DONE, "create_deployment": done(traffic_before={"green": 100})}
    result, context = drive(deploy_model, {**served, "step_release": waiting()}, released)
    assert (result["phase"], result["code"]) == ("step_release", "deadline_exceeded")
    assert 303 * 0.6 < sum(context.waits) <= 303


def test_a_release_that_is_never_resumed_ends_after_a_week_and_says_so():
    canary = {"strategy": "canary", "steps": [10], "step_minutes": 2}
    released = {**PLAIN, "spec": {**SPEC, "release": canary}}
    served = {**ALL_DONE, "create_deployment": done(traffic_before={"green": 100})}
    result, context = drive(deploy_model, served, released, events=[(1.0, '"pause"')])
    assert (result["phase"], result["code"]) == ("watch_release", "release_aborted")
    assert result["message"].startswith("It was paused, or waited for requests, for a week.")
    week = 7 * 24 * 3600
    assert week < sum(context.waits) < week + 1200


def test_autoscale_is_changed_to_what_was_asked_for():
    _, context = drive(update_deployment, ALL_DONE, UPDATE)
    assert dict(context.calls)["set_autoscale"]["autoscale"]["max"] == 3
