"""How long an orchestrator waits, for what, and what it says meanwhile and in the end."""

import json

import pytest

from orchestrators.delete_deployment import delete_deployment
from orchestrators.deploy_model import deploy_model
from orchestrators.rotate_keys import rotate_keys
from orchestrators.support.call_phase import PhaseFailed
from shared.errors.waiting import OutOfCapacity
from shared.wire.outcome import Failed
from tests.support.orchestration import ALL_DONE, RUN, done, drive, failed, trouble, waiting

SECONDS = {"endpoint": 600.0, "deployment": 900.0, "traffic": 300.0, "removal": 480.0}
REQUEST = {**RUN, "deadlines": {**SECONDS, "step": 120.0}}
DUE = [
    (deploy_model, "verify_workspace", 120),
    (deploy_model, "prepare_model", 120),
    (deploy_model, "register_model", 120),
    (deploy_model, "create_endpoint", 600),
    (deploy_model, "create_deployment", 900),
    (deploy_model, "verify_deployment", 120),
    (deploy_model, "shift_traffic", 300),
    (deploy_model, "finalize", 120),
    (rotate_keys, "rotate_key", 300),
]
CLEAN_UP = ["withdraw_traffic", "remove_deployment", "remove_endpoint"]


@pytest.mark.parametrize(("orchestrator", "phase", "seconds"), DUE)
def test_each_phase_has_its_own_deadline_and_is_named_when_it_passes(orchestrator, phase, seconds):
    result, context = drive(orchestrator, {**ALL_DONE, phase: waiting()}, REQUEST)
    assert (result["code"], result["phase"]) == ("deadline_exceeded", phase)
    assert result["message"] == f"{phase} did not end within {seconds // 60} minutes."
    assert seconds - 31 < sum(context.waits) <= seconds


@pytest.mark.parametrize("phase", CLEAN_UP)
def test_each_step_of_a_clean_up_has_the_deadline_of_removals(phase):
    result, context = drive(delete_deployment, {**ALL_DONE, phase: waiting()}, REQUEST)
    assert result == {"status": "left_to_sweeper"}
    assert 480 - 31 < sum(context.waits) <= 480


@pytest.mark.parametrize("phase", CLEAN_UP)
def test_what_could_not_be_removed_ends_its_operation_as_failed(phase):
    _, context = drive(delete_deployment, {**ALL_DONE, phase: failed("not_authorized")})
    name, sent = context.calls[-1]
    assert (name, sent["failed"]["code"]) == ("end_operation", "left_to_sweeper")
    assert "Not everything" in sent["failed"]["message"]


def test_waits_grow_slowly_to_half_a_minute():
    answers = {**ALL_DONE, "create_deployment": waiting()}
    _, context = drive(deploy_model, answers, REQUEST)
    before_the_longest = context.waits[: context.waits.index(30)]
    assert 150 <= sum(before_the_longest) <= 210
    assert all(wait <= 2 for wait in context.waits[:6])


def test_after_trouble_each_wait_doubles_up_to_half_a_minute():
    crash = Exception("Activity function 'x' failed: nothing that is known")
    troubles = [trouble("azure_unreachable"), crash, *[trouble("azure_unreachable")] * 5, done()]
    _, context = drive(deploy_model, {**ALL_DONE, "create_endpoint": troubles}, RUN)
    assert context.waits == [1, 2, 4, 8, 16, 30, 30]


@pytest.mark.parametrize(
    ("code", "fix"),
    [
        ("azure_unreachable", "Wait some minutes, then retry it."),
        ("out_of_capacity", OutOfCapacity.fix),
    ],
)
def test_trouble_that_does_not_end_is_told_with_the_number_of_tries_and_what_helps(code, fix):
    result, _ = drive(deploy_model, {**ALL_DONE, "register_model": trouble(code)})
    assert result["message"] == "register_model was tried 21 times: it is busy"
    assert (result["code"], result["fix"]) == (code, fix)


def test_an_unexplained_crash_is_told_without_its_text():
    crash = Exception("Activity function 'x' failed: secret text")
    result, _ = drive(deploy_model, {**ALL_DONE, "verify_workspace": crash})
    assert result["message"] == (
        "verify_workspace failed 3 times for a reason Slipway does not know."
    )
    assert result["fix"] == (
        "Retry it; if it fails again, report the deployment's id: the log has the cause."
    )


@pytest.mark.parametrize(("seconds", "status"), [(20.0, "active"), (19.9, "failed")])
def test_a_wait_may_end_at_the_deadline_and_no_later(seconds, status):
    answers = {**ALL_DONE, "create_endpoint": [trouble("throttled", 20), done()]}
    request = {**RUN, "deadlines": {**SECONDS, "endpoint": seconds}}
    result, _ = drive(deploy_model, answers, request)
    assert result["status"] == status


def test_a_failure_that_nobody_handles_names_its_phase_and_its_code():
    failed = Failed(code="not_authorized", message="No.", fix="Ask.")
    assert str(PhaseFailed("finalize", failed)) == "finalize: not_authorized"


def test_the_status_says_what_is_waited_for_and_that_it_is_live():
    answers = {**ALL_DONE, "create_endpoint": [waiting("Azure ML is creating it."), done()]}
    _, context = drive(deploy_model, answers)
    assert context.statuses == [
        {"phase": "create_endpoint", "message": "Azure ML is creating it."},
        {"phase": "finalize", "message": "Live."},
    ]


def test_the_status_of_a_failed_run_is_its_failure():
    _, context = drive(deploy_model, {**ALL_DONE, "finalize": failed("cancelled")})
    assert context.statuses == [{"phase": "finalize", "message": "cancelled happened."}]


def test_a_look_that_fails_after_a_failure_is_told_and_changes_nothing():
    answers = {
        **ALL_DONE,
        "finalize": failed("cancelled"),
        "remove_endpoint": [done(in_use=True), failed("not_authorized")],
    }
    result, context = drive(deploy_model, answers)
    assert result["code"] == "cancelled"
    assert context.statuses[0] == {
        "phase": "remove_endpoint",
        "message": "not_authorized happened.",
    }
    looks = [sent for name, sent in context.calls if name == "remove_endpoint"]
    assert [look["only_if_made_by_run"] for look in looks] == [True, True]


def test_an_end_that_cannot_be_recorded_is_told_and_left_to_the_sweeper():
    answers = {**ALL_DONE, "end_operation": failed("supabase_misconfigured")}
    result, context = drive(rotate_keys, answers)
    assert result == {"status": "rotated"}
    assert context.statuses == [
        {"phase": "end_operation", "message": "supabase_misconfigured happened."}
    ]


def test_a_name_that_cannot_be_replaced_fails_the_run():
    answers = {
        **ALL_DONE,
        "create_endpoint": failed("endpoint_name_taken"),
        "rename_endpoint": failed("supabase_misconfigured"),
    }
    result, _ = drive(deploy_model, answers, {**RUN, "endpoint_generated": True})
    assert (result["phase"], result["code"]) == ("rename_endpoint", "supabase_misconfigured")


def test_what_is_sent_is_json_under_the_names_of_shipped_histories():
    _, context = drive(deploy_model, ALL_DONE)
    sent = dict(context.calls)
    assert json.loads(json.dumps(context.calls)) == [list(call) for call in context.calls]
    assert "serving" in sent["create_deployment"]
    assert "recipe" not in sent["create_deployment"]
    assert sent["finalize"]["recipe"] == sent["create_deployment"]["serving"]


def test_each_half_is_an_orchestration_under_the_name_of_the_whole():
    _, context = drive(deploy_model, ALL_DONE)
    assert context.subs == ["i-stage_model", "i-open_endpoint"]
