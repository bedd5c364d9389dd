"""What Azure ML can answer, through the real SDK: every failure arrives explained."""

import pytest
import structlog

from shared.adapters.targets.azureml.assets import ScoringCode
from shared.adapters.targets.azureml.target import AzureMLTarget
from shared.domain.endpoint import Provisioning
from shared.errors import TransientError
from shared.errors.requests import Conflict
from shared.errors.serving import ServingRefused
from tests.support.serving_target_replies import BLOB_FORBIDDEN, NOT_REGISTERED
from tests.support.serving_target_world import PINS, World, settings_of

pytestmark = pytest.mark.contract

BROKEN = """
def init():
    raise RuntimeError("no such feature: petal")

def run(raw_data):
    pass
"""
ROWS = b'{"data": [{"x": 1.0}]}'


def begin_endpoint(world: World) -> None:
    world.target.provisioning.put_endpoint(world.endpoint, world.marks)


@pytest.mark.parametrize(
    ("scenario", "code", "kind"),
    [
        ("name_taken", "endpoint_name_taken", Conflict),
        ("no_right", "not_authorized", ServingRefused),
        ("immutable_field", "bad_argument", ServingRefused),
        ("recreate_after_delete", "endpoint_busy", TransientError),
        ("throttled", "throttled", TransientError),
        ("backend_502_html", "service_unavailable", TransientError),
    ],
)
def test_a_refused_endpoint_is_explained(emulated, emulator, refused, scenario, code, kind):
    emulator.scenario(scenario)
    with refused(code, kind):
        begin_endpoint(emulated)


@pytest.mark.parametrize(
    ("scenario", "code", "kind"),
    [
        ("quota", "quota_too_small", ServingRefused),
        ("model_missing", "model_not_registered", ServingRefused),
        ("endpoint_not_terminal", "endpoint_busy", TransientError),
        ("bad_argument", "bad_argument", ServingRefused),
    ],
)
def test_a_refused_deployment_is_explained(
    emulated, emulator, folder, refused, scenario, code, kind
):
    emulated.with_endpoint()
    emulated.target.provisioning.register_model(f"slipway-{emulated.suffix}", "abc123", folder)
    emulator.scenario(scenario)
    with refused(code, kind):
        emulated.target.provisioning.put_deployment(emulated.plan())


@pytest.mark.parametrize(
    ("scenario", "code", "kind", "told"),
    [
        ("container_crash", "container_crashed", ServingRefused, "No module named '_loss'"),
        ("image_build_failure", "image_build_failed", ServingRefused, "no-such-package==1.0"),
        ("secrets_injection", "secrets_injection_failed", ServingRefused, "injection failed"),
        ("out_of_capacity", "out_of_capacity", TransientError, None),
    ],
)
def test_a_failed_deployment_is_explained_by_its_operation(
    emulated, emulator, folder, scenario, code, kind, told
):
    failure = failed_deployment(emulated, emulator, folder, scenario)
    assert isinstance(failure, kind)
    assert failure.code == code
    if told:
        assert told in failure.detail


@pytest.mark.parametrize("scenario", ["container_crash", "operation_canceled"])
def test_the_ids_of_a_failed_operation_are_in_the_log_and_in_the_detail(
    emulated, emulator, folder, scenario
):
    with structlog.testing.capture_logs() as lines:
        failure = failed_deployment(emulated, emulator, folder, scenario)
    told = next(line for line in lines if line["event"] == "azure_refused")
    assert told["code"] == failure.code
    assert f"x-ms-request-id: {told['x_ms_request_id']}" in failure.detail


def test_the_ids_of_a_refused_request_are_in_the_detail(emulated, emulator, refused):
    emulator.scenario("no_right")
    with refused("not_authorized") as caught:
        begin_endpoint(emulated)
    assert "x-ms-request-id: " in caught.value.detail
    assert "x-ms-correlation-request-id: " in caught.value.detail


def failed_deployment(world, emulator, folder, scenario):
    world.with_endpoint()
    plan = world.plan()
    world.target.provisioning.register_model(plan.model_name, plan.model_version, folder)
    emulator.scenario(scenario)
    world.target.provisioning.put_deployment(plan)
    found = world.settled(lambda: world.target.provisioning.deployment(world.endpoint, "blue"))
    assert found.provisioning is Provisioning.FAILED
    return world.target.provisioning.why_deployment_failed(world.endpoint, "blue")


def test_a_cancelled_deployment_succeeds_when_it_is_begun_again(emulated, emulator, folder):
    failure = failed_deployment(emulated, emulator, folder, "operation_canceled")
    assert isinstance(failure, TransientError)
    assert failure.code == "cancelled_by_service"
    emulated.with_deployment(folder)


def test_the_tail_of_a_crashed_containers_log_is_in_the_detail(
    emulated, emulator, folder, tmp_path
):
    package = tmp_path / "broken"
    package.mkdir()
    (package / "score.py").write_text(BROKEN)
    broken = AzureMLTarget(settings_of(emulator.ready["environment"]), ScoringCode(package))
    world = World("emulator", broken, settles_within=60, suffix=emulated.suffix)
    world.with_endpoint()
    plan = world.plan()
    broken.provisioning.register_model(plan.model_name, plan.model_version, folder)
    broken.provisioning.put_deployment(plan)
    world.settled(lambda: broken.provisioning.deployment(world.endpoint, "blue"))
    failure = broken.provisioning.why_deployment_failed(world.endpoint, "blue")
    assert isinstance(failure, ServingRefused)
    assert failure.code == "container_crashed"
    assert "RuntimeError: no such feature: petal" in failure.message
    assert failure.detail is not None
    assert "Traceback" in failure.detail
    assert len(failure.detail) <= 8192


def test_a_failed_change_is_explained_by_its_own_operation(emulated, emulator, folder):
    """Azure goes on to name the operation whose URL a client sends back with what it has read."""
    emulated.with_endpoint()
    emulated.with_deployment(folder)
    put = {"method": "PUT", "path_regex": "/deployments/"}
    fault = {"code": None, "message": "BadNetwork: The virtual network is not reachable."}
    emulator.faults({"match": put, "fail_operation": fault})
    cloud = emulated.target.provisioning
    cloud.put_variables(emulated.endpoint, "blue", {"NEW": "1"})
    found = emulated.settled(lambda: cloud.deployment(emulated.endpoint, "blue"))
    assert found.provisioning is Provisioning.FAILED
    failure = cloud.why_deployment_failed(emulated.endpoint, "blue")
    assert "virtual network is not reachable" in failure.message


def test_a_failed_endpoint_is_explained_and_made_again(emulated, emulator):
    put = {"method": "PUT", "path_regex": "/onlineEndpoints/[^/]+$"}
    fault = {"code": None, "message": "BadNetwork: The virtual network is not reachable."}
    emulator.faults({"match": put, "fail_operation": fault})
    begin_endpoint(emulated)
    found = emulated.settled(lambda: emulated.target.provisioning.endpoint(emulated.endpoint))
    assert found.provisioning is Provisioning.FAILED
    failure = emulated.target.provisioning.why_endpoint_failed(emulated.endpoint)
    assert failure.code == "operation_failed"
    assert "virtual network is not reachable" in failure.message
    emulated.with_endpoint()


def test_a_missing_workspace_is_told_as_such(emulated, emulator, refused):
    emulator.scenario("workspace_missing")
    with refused("workspace_missing"):
        emulated.target.preflight.workspace()


def test_a_missing_datastore_is_told_as_such(emulated, emulator, folder, refused):
    emulator.scenario("datastore_missing")
    with refused("datastore_missing"):
        emulated.target.provisioning.register_model(f"slipway-{emulated.suffix}", "abc123", folder)


def test_a_storage_account_without_our_role_names_the_role(emulated, emulator, folder, refused):
    put = {"method": "PUT", "host_regex": r"\.blob\."}
    (folder / "MLmodel").write_text(f"not uploaded before: {emulated.suffix}\n")
    code = {"x-ms-error-code": "AuthorizationPermissionMismatch"}
    emulator.faults(
        {"match": put, "times": None, "status": 403, "body": BLOB_FORBIDDEN, "headers": code}
    )
    with refused("not_authorized") as caught:
        emulated.target.provisioning.register_model(f"slipway-{emulated.suffix}", "abc123", folder)
    assert "Storage Blob Data Contributor" in caught.value.fix


def test_an_unregistered_subscription_is_told_and_left_alone(emulated, emulator, refused):
    put = {"method": "PUT", "path_regex": "/onlineEndpoints/"}
    emulator.faults({"match": put, "times": None, "status": 409, "body": NOT_REGISTERED})
    with refused("provider_not_registered"):
        begin_endpoint(emulated)
    assert emulator.calls("POST", "/register") == []


def test_a_dropped_connection_leaves_one_endpoint(emulated, emulator):
    put = {"method": "PUT", "path_regex": "/onlineEndpoints/[^/]+$"}
    emulator.faults({"match": put, "drop_connection": True})
    emulated.with_endpoint()


def test_an_unknown_identity_is_told_as_such(emulator, monkeypatch, refused):
    monkeypatch.setenv("IDENTITY_HEADER", "wrong")
    with refused("identity_unavailable"):
        AzureMLTarget(settings_of(emulator.ready["environment"])).preflight.workspace()


def test_an_endpoint_that_does_not_answer_in_time_is_worth_another_try(
    emulated, emulator, folder, refused
):
    emulated.with_endpoint()
    emulated.with_deployment(folder)
    score = {"method": "POST", "path_regex": "/score$"}
    emulator.faults({"match": score, "delay_seconds": 1})
    with refused("azure_unreachable", TransientError):
        emulated.target.inference.score(
            emulated.endpoint, ROWS, deployment="blue", timeout_seconds=0.2
        )
    emulator.faults({"match": score, "drop_connection": True})
    with refused("azure_unreachable", TransientError):
        emulated.target.inference.score(emulated.endpoint, ROWS, deployment="blue")
    assert emulated.target.inference.score(emulated.endpoint, ROWS, deployment="blue").status == 200


def test_pins_that_do_not_exist_are_told_in_the_builders_words(emulated, folder):
    emulated.with_endpoint()
    plan = emulated.plan(
        environment_name=f"slipway-serving-{emulated.suffix}", requirements=[*PINS, "pip==0.0.1"]
    )
    emulated.target.provisioning.register_model(plan.model_name, plan.model_version, folder)
    emulated.target.provisioning.put_deployment(plan)
    found = emulated.settled(
        lambda: emulated.target.provisioning.deployment(emulated.endpoint, "blue")
    )
    assert found.provisioning is Provisioning.FAILED
    failure = emulated.target.provisioning.why_deployment_failed(emulated.endpoint, "blue")
    assert failure.code == "image_build_failed"
    assert "pip==0.0.1" in failure.detail


def test_a_forgotten_operation_leaves_the_failure_without_a_reason(emulated, emulator, folder):
    failed_deployment(emulated, emulator, folder, "secrets_injection")
    status = {"method": "GET", "path_regex": "perations"}
    emulator.faults({"match": status, "status": 404, "body": {"error": {"code": "NotFound"}}})
    failure = emulated.target.provisioning.why_deployment_failed(emulated.endpoint, "blue")
    assert failure.code == "operation_failed"
    assert "gives no reason" in failure.message


def test_an_operation_that_cannot_be_read_now_is_asked_for_again(
    emulated, emulator, folder, refused
):
    failed_deployment(emulated, emulator, folder, "secrets_injection")
    status = {"method": "GET", "path_regex": "perations"}
    emulator.faults({"match": status, "times": None, "status": 501, "body": None})
    with refused("service_unavailable", TransientError):
        emulated.target.provisioning.why_deployment_failed(emulated.endpoint, "blue")
