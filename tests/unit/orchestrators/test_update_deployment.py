import pytest

from orchestrators.deploy_model import deploy_model
from orchestrators.update_deployment import update_deployment
from orchestrators.wake_deployment import wake_deployment
from tests.support.orchestration import (
    ALL_DONE,
    MODEL,
    RECIPE,
    RUN,
    done,
    drive,
    failed,
    names,
    waiting,
)

LIMITS = {"min": 1, "max": 3, "cpu_percent": 70, "scale_in_cooldown_minutes": 10}
SPEC = {
    "model_id": RUN["model_id"],
    "deployment_name": "blue",
    "endpoint_name": "iris",
    "environment_variables": {"OLD": "1"},
}
EVERYTHING = {"instance_count": 2, "autoscale": LIMITS, "environment_variables": {"NEW": "1"}}


def update(change, answers=None):
    asked = {**RUN, "spec": SPEC, "change": change}
    return drive(update_deployment, {**ALL_DONE, **(answers or {})}, asked)


def called(context, phase):
    return [value for name, value in context.calls if name == phase]


@pytest.mark.parametrize(
    ("change", "phases"),
    [
        ({"instance_count": 2}, ["scale_deployment"]),
        ({"autoscale": LIMITS}, ["set_autoscale"]),
        ({"autoscale": None, "instance_count": 1}, ["set_autoscale", "scale_deployment"]),
        ({"environment_variables": {}}, ["change_variables"]),
        (EVERYTHING, ["change_variables", "set_autoscale", "scale_deployment"]),
    ],
)
def test_what_is_asked_for_is_changed_and_nothing_else(change, phases):
    result, context = update(change)
    assert result == {"status": "updated"}
    assert names(context) == ["verify_update", *phases, "keep_update", "end_operation"]
    assert called(context, "keep_update")[0]["change"] == change
    assert called(context, "end_operation")[0]["failed"] is None


def test_a_refused_check_changes_nothing_and_puts_nothing_back():
    result, context = update(EVERYTHING, {"verify_update": failed("quota_too_small")})
    assert (result["status"], result["code"]) == ("failed", "quota_too_small")
    assert names(context) == ["verify_update", "end_operation"]
    assert called(context, "end_operation")[0]["failed"]["code"] == "quota_too_small"


@pytest.mark.parametrize(
    ("phase", "put_back"),
    [
        ("change_variables", {"environment_variables"}),
        ("set_autoscale", {"environment_variables"}),
        ("scale_deployment", {"environment_variables", "autoscale", "instance_count"}),
        ("keep_update", {"environment_variables", "autoscale", "instance_count"}),
    ],
)
def test_what_had_begun_is_put_back_as_it_was(phase, put_back):
    answers = {"verify_update": done(instance_count=4), phase: failed("container_crashed")}
    result, context = update(EVERYTHING, answers)
    assert (result["phase"], result["code"]) == (phase, "container_crashed")
    assert names(context)[-2:] == ["restore_deployment", "end_operation"]
    (restore,) = called(context, "restore_deployment")
    assert set(restore["change"]) == put_back
    assert restore["instance_count"] == 4
    assert called(context, "end_operation")[0]["failed"]["code"] == "container_crashed"


def test_what_cannot_be_put_back_still_ends_the_operation_with_the_first_reason():
    answers = {
        "scale_deployment": failed("container_crashed"),
        "restore_deployment": failed("not_authorized"),
    }
    result, context = update({"instance_count": 2}, answers)
    assert result["code"] == "container_crashed"
    assert context.statuses[-1]["phase"] == "restore_deployment"
    assert names(context)[-1] == "end_operation"


def test_a_rolling_update_is_waited_for():
    result, context = update(
        {"environment_variables": {"A": "1"}},
        {"change_variables": [*[waiting()] * 10, done()]},
    )
    assert result == {"status": "updated"}
    assert sum(context.waits) > 10


def test_a_deployment_gets_its_autoscale_once_it_is_up_and_before_it_has_traffic():
    asked = {**RUN, "spec": {**SPEC, "autoscale": LIMITS}}
    result, context = drive(deploy_model, ALL_DONE, asked)
    assert result["status"] == "active"
    order = names(context)
    assert order[order.index("set_autoscale") - 1] == "verify_deployment"
    assert order[order.index("set_autoscale") + 1] == "shift_traffic"
    assert called(context, "set_autoscale")[0]["autoscale"] == LIMITS
    _, context = drive(deploy_model, ALL_DONE, {**RUN, "spec": SPEC})
    assert "set_autoscale" not in names(context)


def test_one_that_is_woken_gets_its_autoscale_again():
    recalled = done(model=MODEL, recipe=RECIPE)
    asked = {**RUN, "spec": {**SPEC, "autoscale": LIMITS}}
    result, context = drive(wake_deployment, {**ALL_DONE, "recall_recipe": recalled}, asked)
    assert result == {"status": "active"}
    assert called(context, "set_autoscale")[0]["autoscale"] == LIMITS


def test_autoscale_that_is_refused_removes_what_the_deployment_has_made():
    asked = {**RUN, "spec": {**SPEC, "autoscale": LIMITS}}
    answers = {**ALL_DONE, "set_autoscale": failed("not_authorized")}
    result, context = drive(deploy_model, answers, asked)
    assert (result["phase"], result["code"]) == ("set_autoscale", "not_authorized")
    assert "remove_deployment" in names(context)
