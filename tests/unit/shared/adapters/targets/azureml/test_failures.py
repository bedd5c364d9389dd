"""Every failure a product must survive: named, explained, final or worth another try."""

import pytest

from shared.adapters.targets.azureml.answers import Intent, read_answer
from shared.adapters.targets.azureml.failures import (
    MAX_DETAIL,
    detail_of,
    explain,
    explain_with_log,
)
from shared.errors import TransientError, UserFacingError
from shared.errors.serving import ServingRefused
from tests.support import serving_target_replies as azure

INTENT = Intent(
    "create the deployment blue",
    "studio",
    endpoint="iris",
    model="slipway-1:abc",
    instance_type="Standard_F4s_v2",
)


def failure_of(status, body, headers=None):
    return explain(read_answer(status, body, headers or {}), INTENT)


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (400, azure.CORE_QUOTA, "quota_too_small"),
        (400, azure.NAME_TAKEN, "endpoint_name_taken"),
        (200, azure.CONTAINER_CRASH, "container_crashed"),
        (200, azure.IMAGE_BUILD, "image_build_failed"),
        (403, azure.NO_RIGHT, "not_authorized"),
        (403, azure.BLOB_FORBIDDEN, "not_authorized"),
        (404, azure.WORKSPACE_MISSING, "workspace_missing"),
        (404, azure.MODEL_MISSING, "model_not_registered"),
        (404, azure.user_error("Could not find datastore", "NoSuchDatastore"), "datastore_missing"),
        (200, azure.SECRETS, "secrets_injection_failed"),
        (400, azure.BAD_ARGUMENT, "bad_argument"),
        (400, azure.envelope("UserError", "No such field.", "BadArgument"), "bad_argument"),
        (409, azure.NOT_REGISTERED, "provider_not_registered"),
        (401, azure.arm("InvalidAuthenticationToken", "Expired."), "identity_unavailable"),
        (200, azure.operation("Unheard", "Of."), "operation_failed"),
        (404, azure.ENDPOINT_MISSING, "operation_failed"),
        (409, azure.arm("ScopeLocked", "The scope is locked."), "resource_locked"),
        (409, azure.arm("ResourceInUse", "The field 'authMode' is immutable."), "bad_argument"),
        (409, azure.user_error("'authMode' is immutable.", "ImmutableField"), "bad_argument"),
        (403, azure.arm("RequestDisallowedByPolicy", "Disallowed by policy."), "policy_forbids"),
    ],
)
def test_is_final_and_says_what_to_do(status, body, code):
    failure = failure_of(status, body)
    assert isinstance(failure, UserFacingError)
    assert failure.code == code
    assert failure.message
    assert failure.fix


@pytest.mark.parametrize(
    ("status", "body", "code", "at_least"),
    [
        (409, azure.NOT_TERMINAL, "endpoint_busy", 5),
        (400, azure.NOT_TERMINAL, "endpoint_busy", 5),
        (409, azure.arm("Conflict", "Etag mismatch."), "endpoint_busy", 5),
        (409, azure.user_error("Immutable.", "AssetVersionConflict"), "endpoint_busy", 5),
        (404, azure.RECREATE, "endpoint_busy", 20),
        (429, azure.THROTTLED, "throttled", 20),
        (429, None, "throttled", 20),
        (400, azure.INNER_THROTTLE, "throttled", 20),
        (200, azure.CANCELLED, "cancelled_by_service", 5),
        (200, azure.OUT_OF_CAPACITY, "out_of_capacity", 30),
        (500, azure.arm("InternalServerError", "Received 500"), "service_unavailable", 5),
        (200, azure.operation("InternalServerError", "Sorry."), "service_unavailable", 5),
        (502, azure.HTML, "service_unavailable", 5),
        (504, "null", "service_unavailable", 5),
        (503, "", "service_unavailable", 5),
    ],
)
def test_is_worth_another_try_after_a_wait(status, body, code, at_least):
    failure = failure_of(status, body)
    assert isinstance(failure, TransientError)
    assert failure.code == code
    assert failure.wait_seconds >= at_least


def test_a_full_quota_is_told_in_cores_and_names_no_size_of_another_family():
    failure = failure_of(400, azure.CORE_QUOTA)
    assert "Standard_F4s_v2 x1 needs 8 cores of quota" in failure.message
    assert "6 are left, and no smaller size fits" in failure.message
    assert "DS" not in failure.message + failure.fix


def test_a_full_quota_names_the_size_of_its_family_that_would_fit():
    failure = failure_of(400, azure.CORE_QUOTA.replace("F4s_v2", "DS3_v2"))
    assert "6 are left: Standard_DS2_v2 would fit" in failure.message


def test_an_unknown_size_is_refused_in_the_services_words():
    body = azure.CORE_QUOTA.replace("Standard_F4s_v2", "Standard_X99")
    failure = failure_of(400, body)
    assert failure.code == "quota_too_small"
    assert "Standard_X99" in failure.message


def test_an_inner_quota_exceeded_is_no_core_quota():
    assert failure_of(400, azure.INNER_THROTTLE).code == "throttled"


def test_waits_as_long_as_the_service_asks_when_that_is_longer():
    assert failure_of(429, azure.THROTTLED, {"Retry-After": "47"}).wait_seconds == 47
    later = azure.THROTTLED.replace("20 seconds", "65 seconds")
    assert failure_of(429, later).wait_seconds == 65


def test_a_missing_right_names_the_role_and_the_action():
    failure = failure_of(403, azure.NO_RIGHT)
    assert "AzureML Data Scientist" in failure.fix
    assert "studio" in failure.message
    assert "onlineEndpoints/write" in failure.message


def test_what_a_policy_forbids_is_not_cured_by_a_role():
    failure = failure_of(403, azure.arm("RequestDisallowedByPolicy", "Disallowed by 'regions'."))
    assert "regions" in failure.message
    assert "Data Scientist" not in failure.fix


def test_a_missing_right_on_the_storage_names_the_storage_role():
    assert "Storage Blob Data Contributor" in failure_of(403, azure.BLOB_FORBIDDEN).fix


def test_a_missing_model_is_named():
    assert "slipway-1:abc" in failure_of(404, azure.MODEL_MISSING).message


def test_out_of_capacity_suggests_another_size():
    failure = failure_of(200, azure.OUT_OF_CAPACITY)
    assert "Standard_F4s_v2" in failure.message
    assert "another instance_type" in failure.message


def test_the_message_is_in_plain_words_and_the_ids_are_in_the_detail():
    ids = {"x-ms-request-id": "req-1", "X-Ms-Correlation-Request-Id": "corr-2"}
    failure = failure_of(400, azure.CORE_QUOTA, ids)
    assert "req-1" not in failure.message + failure.fix
    for known in ("req-1", "corr-2", "00-a95a95afd7040aa9217f2d51d95c71c1"):
        assert known in failure.detail


def test_the_detail_ends_with_the_end_of_the_log_and_is_bounded():
    answer = read_answer(200, azure.CONTAINER_CRASH, {})
    log = "old line\n" * 5000 + "Worker failed to boot."
    failure = explain_with_log(answer, log, INTENT)
    assert failure.detail is not None
    assert failure.detail.endswith("Worker failed to boot.")
    assert "User container has crashed" in failure.detail
    assert len(failure.detail) <= MAX_DETAIL
    assert failure.message.endswith("Liveness probe failed: HTTP probe failed with statuscode: 502")


@pytest.mark.parametrize(
    "line",
    [
        "ModuleNotFoundError: No module named '_loss'",
        "azmlinfsrv - ModuleNotFoundError: No module named '_loss'",
        "builtins.ModuleNotFoundError: No module named '_loss'",
    ],
)
def test_a_crash_is_told_by_the_last_exception_in_the_log(line):
    log = f"ValueError: an earlier one\n{line}\n\nWorker exiting (pid: 7)\n"
    failure = explain_with_log(read_answer(200, azure.CONTAINER_CRASH, {}), log, INTENT)
    assert failure.message.endswith("come up: ModuleNotFoundError: No module named '_loss'")


def test_a_passing_failure_stays_one_whatever_the_log_says():
    failure = explain_with_log(read_answer(200, azure.CANCELLED, {}), "log", INTENT)
    assert isinstance(failure, TransientError)


def test_the_ids_of_a_passing_failure_are_kept_too():
    failure = failure_of(500, azure.arm("InternalServerError", "Sorry."), {"x-ms-request-id": "r1"})
    assert "x-ms-request-id: r1" in failure.detail


def test_an_answer_without_words_has_no_detail():
    assert detail_of(read_answer(404, None, {})) is None


def test_a_crash_without_a_reason_is_told_as_such():
    failure = failure_of(200, azure.operation(None, ""))
    assert isinstance(failure, ServingRefused)
    assert failure.code == "operation_failed"
