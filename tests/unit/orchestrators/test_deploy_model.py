import pytest

from orchestrators.delete_deployment import delete_deployment
from orchestrators.deploy_model import deploy_model
from orchestrators.support.call_phase import MAX_CRASHES, MAX_TROUBLES
from tests.support.orchestration import (
    ALL_DONE,
    RUN,
    done,
    drive,
    failed,
    names,
    trouble,
    waiting,
)

HAPPY = [
    "verify_workspace", "prepare_model", "register_model", "create_endpoint",
    "create_deployment", "verify_deployment", "shift_traffic", "finalize",
]  # fmt: skip
CLEAN_UP = ["withdraw_traffic", "remove_deployment", "remove_endpoint", "record_failure"]


def test_goes_through_all_phases_in_order_and_ends_active():
    result, context = drive(deploy_model, ALL_DONE)
    assert result == {"status": "active", "endpoint_name": "iris"}
    assert names(context) == HAPPY
    assert context.waits == []


@pytest.mark.parametrize("phase", HAPPY)
def test_a_refusal_in_any_phase_is_cleaned_up_and_recorded_with_its_reason(phase):
    result, context = drive(deploy_model, {**ALL_DONE, phase: failed("quota_too_small")})
    assert (result["status"], result["phase"], result["code"]) == (
        "failed",
        phase,
        "quota_too_small",
    )
    assert names(context)[-4:] == CLEAN_UP
    recorded = context.calls[-1][1]
    assert (recorded["phase"], recorded["failed"]["code"]) == (phase, "quota_too_small")
    assert recorded["failed"]["message"] == "quota_too_small happened."


def test_no_traffic_moves_before_a_real_prediction_has_succeeded():
    _, context = drive(deploy_model, {**ALL_DONE, "verify_deployment": failed("prediction_failed")})
    assert "shift_traffic" not in names(context)


def test_a_failed_run_only_removes_the_endpoint_it_made_and_restores_the_traffic():
    answers = {
        **ALL_DONE,
        "create_deployment": done(traffic_before={"green": 100}),
        "finalize": failed("cancelled"),
    }
    _, context = drive(deploy_model, answers)
    inputs = dict(context.calls)
    assert inputs["withdraw_traffic"]["restore"] == {"green": 100}
    assert inputs["remove_endpoint"]["only_if_made_by_run"] is True


def test_a_failed_run_on_an_endpoint_that_others_use_looks_at_it_again_when_it_is_recorded():
    answers = {
        **ALL_DONE,
        "finalize": failed("cancelled"),
        "remove_endpoint": [done(in_use=True), done()],
    }
    _, context = drive(deploy_model, answers)
    assert names(context)[-5:] == [*CLEAN_UP, "remove_endpoint"]


@pytest.mark.parametrize("phase", CLEAN_UP[:3])
def test_a_clean_up_that_fails_goes_on_and_is_recorded_as_such(phase):
    answers = {**ALL_DONE, "finalize": failed("cancelled"), phase: failed("not_authorized")}
    _, context = drive(deploy_model, answers)
    assert names(context)[-4:] == CLEAN_UP
    assert context.calls[-1][1]["clean"] is False


def test_a_deleted_deployment_also_gives_up_an_endpoint_that_an_earlier_one_made():
    result, context = drive(delete_deployment, ALL_DONE)
    assert names(context) == [*CLEAN_UP[:3], "end_operation"]
    assert dict(context.calls)["remove_endpoint"]["only_if_made_by_run"] is False
    assert dict(context.calls)["end_operation"]["failed"] is None
    assert result == {"status": "removed"}


def test_waiting_is_done_with_timers_that_grow_from_one_second_to_thirty():
    _, context = drive(
        deploy_model,
        {**ALL_DONE, "create_deployment": [*[waiting()] * 40, done(traffic_before={})]},
    )
    assert context.waits[0] == 1
    assert max(context.waits) == 30
    assert context.waits == sorted(context.waits)
    polls = [value["poll"] for name, value in context.calls if name == "create_deployment"]
    assert polls == list(range(41))


def test_a_phase_that_never_ends_fails_at_its_deadline():
    result, context = drive(deploy_model, {**ALL_DONE, "create_deployment": waiting()})
    assert result["code"] == "deadline_exceeded"
    assert "45 minutes" in result["message"]
    assert 2600 < sum(context.waits) <= RUN["deadlines"]["deployment"]


def test_a_phase_without_a_deadline_of_its_own_has_that_of_the_settings():
    request = {**RUN, "deadlines": {**RUN["deadlines"], "step": 120.0}}
    answers = {**ALL_DONE, "verify_deployment": waiting()}
    result, context = drive(deploy_model, answers, request)
    assert (result["code"], result["phase"]) == ("deadline_exceeded", "verify_deployment")
    assert "2 minutes" in result["message"]
    assert sum(context.waits) <= 120


def test_throttling_waits_as_long_as_the_service_asks_and_then_goes_on():
    answers = {**ALL_DONE, "create_endpoint": [trouble("throttled", 20), done()]}
    result, context = drive(deploy_model, answers)
    assert result["status"] == "active"
    assert context.waits == [20]


def test_trouble_that_does_not_end_fails_with_its_own_code():
    result, context = drive(
        deploy_model, {**ALL_DONE, "register_model": trouble("azure_unreachable")}
    )
    assert result["code"] == "azure_unreachable"
    assert result["message"].endswith("it is busy")
    assert names(context).count("register_model") == MAX_TROUBLES + 1


def test_an_unexplained_crash_is_tried_again_a_few_times_and_its_text_stays_inside():
    crash = Exception("Activity function 'x' failed: secret text \n at line 1")
    result, context = drive(deploy_model, {**ALL_DONE, "prepare_model": crash})
    assert result["code"] == "internal_error"
    assert "secret" not in str(result)
    assert names(context).count("prepare_model") == MAX_CRASHES


def test_a_generated_endpoint_name_that_is_taken_is_generated_again():
    answers = {
        **ALL_DONE,
        "create_endpoint": [failed("endpoint_name_taken"), done()],
        "rename_endpoint": done(endpoint_name="endpoint-2"),
    }
    result, context = drive(deploy_model, answers, {**RUN, "endpoint_generated": True})
    assert result == {"status": "active", "endpoint_name": "endpoint-2"}
    assert dict(context.calls)["create_deployment"]["run"]["endpoint_name"] == "endpoint-2"


def test_an_endpoint_name_that_the_user_chose_is_not_replaced():
    result, context = drive(
        deploy_model, {**ALL_DONE, "create_endpoint": failed("endpoint_name_taken")}
    )
    assert result["code"] == "endpoint_name_taken"
    assert "rename_endpoint" not in names(context)


def test_a_renamed_endpoint_is_the_one_that_is_cleaned_up():
    answers = {
        **ALL_DONE,
        "create_endpoint": [failed("endpoint_name_taken"), done()],
        "rename_endpoint": done(endpoint_name="endpoint-2"),
        "prepare_model": failed("model_unsafe"),
    }
    _, context = drive(deploy_model, answers, {**RUN, "endpoint_generated": True})
    assert dict(context.calls)["remove_endpoint"]["run"]["endpoint_name"] == "endpoint-2"


def test_a_clean_up_that_fails_still_ends_in_a_recorded_failure():
    answers = {**ALL_DONE, "finalize": failed("x"), "remove_deployment": failed("not_authorized")}
    _, context = drive(deploy_model, answers)
    assert names(context)[-1] == "record_failure"
