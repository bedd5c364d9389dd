"""Traffic, sleep, waking and rollback: what is done, in which order, and what a failure leaves."""

from itertools import accumulate

import pytest

from orchestrators.change_traffic import change_traffic
from orchestrators.roll_back import roll_back
from orchestrators.sleep_deployment import sleep_deployment
from orchestrators.wake_deployment import wake_deployment
from tests.support.orchestration import ALL_DONE, RUN, done, drive, failed, names, waiting

SPLIT = {"traffic": {"blue": 90, "green": 10}, "mirror": {}}
MOVE = {**RUN, "wanted": SPLIT, "expected": {"traffic": {"blue": 100}, "mirror": {}}}
WAKING = [
    "verify_workspace",
    "recall_recipe",
    "create_endpoint",
    "create_deployment",
    "verify_deployment",
]
SERVED = {**ALL_DONE, "create_deployment": done(traffic_before={"green": 100})}


def ends(context):
    return [value["failed"] for name, value in context.calls if name == "end_operation"]


def test_traffic_moves_from_what_was_seen_to_what_is_wanted():
    result, context = drive(change_traffic, ALL_DONE, MOVE)
    ((_, sent), _) = context.calls
    assert (sent["wanted"], sent["expected"]["traffic"]) == (SPLIT, {"blue": 100})
    assert result == {"status": "moved"}
    assert ends(context) == [None]


def test_a_move_is_seen_at_most_a_twentieth_after_it_is_done():
    for orchestrator, request in ((change_traffic, MOVE), (roll_back, {**MOVE, "asleep": False})):
        moving = {**ALL_DONE, "move_traffic": [*[waiting()] * 40, done()]}
        _, context = drive(orchestrator, moving, request)
        assert context.waits[:20] == [1] * 20
        for passed, wait in zip(accumulate(context.waits), context.waits[1:], strict=False):
            assert wait == pytest.approx(max(1, passed / 20))


def test_traffic_that_has_changed_meanwhile_is_left_as_it_is():
    answers = {**ALL_DONE, "move_traffic": failed("traffic_changed")}
    result, context = drive(change_traffic, answers, MOVE)
    assert (result["status"], result["code"]) == ("failed", "traffic_changed")
    assert names(context) == ["move_traffic", "end_operation"]
    assert [end["code"] for end in ends(context)] == ["traffic_changed"]


def test_what_goes_to_sleep_loses_its_traffic_first_and_keeps_its_endpoint():
    result, context = drive(sleep_deployment, ALL_DONE)
    assert names(context) == ["withdraw_traffic", "remove_deployment", "end_operation"]
    assert result == {"status": "asleep"}


@pytest.mark.parametrize("phase", ["withdraw_traffic", "remove_deployment"])
def test_what_cannot_be_removed_in_time_is_left_to_the_sweeper(phase):
    result, context = drive(sleep_deployment, {**ALL_DONE, phase: failed("throttled")})
    assert "remove_deployment" in names(context)
    assert result == {"status": "left_to_sweeper"}
    assert [end["code"] for end in ends(context)] == ["left_to_sweeper"]


def test_waking_converts_and_registers_nothing():
    result, context = drive(wake_deployment, SERVED)
    assert names(context) == [*WAKING, "finalize"]
    assert result == {"status": "active"}


def test_what_wakes_alone_gets_the_traffic():
    _, context = drive(wake_deployment, ALL_DONE)
    assert names(context) == [*WAKING, "shift_traffic", "finalize"]


def test_a_deployment_of_before_there_was_sleep_is_prepared_again():
    answers = {**SERVED, "recall_recipe": done()}
    _, context = drive(wake_deployment, answers)
    assert names(context)[2:4] == ["prepare_model", "register_model"]
    assert context.subs == ["i-stage_model"]


@pytest.mark.parametrize("phase", ["verify_workspace", "create_deployment", "verify_deployment"])
def test_what_cannot_be_woken_sleeps_again_without_a_container(phase):
    result, context = drive(wake_deployment, {**SERVED, phase: failed("quota_too_small")})
    assert names(context)[-2:] == ["remove_deployment", "return_to_sleep"]
    assert "remove_endpoint" not in names(context)
    assert (result["status"], result["code"]) == ("failed", "quota_too_small")


def test_one_that_is_deleted_while_it_wakes_goes_with_its_endpoint():
    _, context = drive(wake_deployment, {**SERVED, "create_deployment": failed("cancelled")})
    assert names(context)[-3:] == ["withdraw_traffic", "remove_deployment", "remove_endpoint"]


def test_a_rollback_to_what_runs_is_one_move():
    result, context = drive(roll_back, ALL_DONE, {**RUN, "asleep": False})
    assert names(context) == ["move_traffic", "end_operation"]
    assert context.calls[0][1]["wanted"]["traffic"] == {"blue": 100}
    assert result == {"status": "rolled_back"}


def test_a_rollback_to_what_sleeps_moves_the_traffic_last():
    _, context = drive(roll_back, ALL_DONE, {**RUN, "asleep": True})
    assert names(context) == [*WAKING, "finalize", "move_traffic", "end_operation"]


def test_a_rollback_to_what_cannot_be_woken_moves_nothing():
    answers = {**ALL_DONE, "verify_deployment": failed("test_prediction_failed")}
    result, context = drive(roll_back, answers, {**RUN, "asleep": True})
    assert "move_traffic" not in names(context)
    assert (result["status"], result["code"]) == ("failed", "test_prediction_failed")
    assert [end["code"] for end in ends(context)] == ["test_prediction_failed"]
