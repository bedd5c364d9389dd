"""Every failure Azure ML is known for: explained in plain words or waited out, no traces left."""

import pytest

from devstack.seed import iris_classifier
from tests.support.world import dumped

EXPLAINED = {
    "quota": ("create_deployment", "needs 8 cores of quota", "quota"),
    "container_crash": ("create_deployment", "did not come up", "log"),
    "image_build_failure": ("create_deployment", "could not be built", "pinned"),
    "no_right": ("create_endpoint", "may not", "AzureML Data Scientist"),
    "workspace_missing": ("verify_workspace", "no Azure ML workspace", "AZURE_WORKSPACE_NAME"),
    "model_missing": ("create_deployment", "not registered", "Deploy again"),
    "datastore_missing": ("register_model", "workspaceblobstore", "Datastores"),
    "secrets_injection": ("create_deployment", "secret", "role"),
    "bad_argument": ("create_deployment", "Standard_X1 is not supported", "deploy again"),
    "immutable_field": ("create_endpoint", "immutable", "deploy again"),
}
"""Scenario: the phase that fails, words of the message, words of the fix."""
WAITED_OUT = [
    "endpoint_not_terminal", "throttled", "backend_500", "backend_502_html", "backend_504_null",
    "operation_canceled", "recreate_after_delete", "out_of_capacity",
]  # fmt: skip

ONCE = {"throttled": {"times": 1}}
"""A throttled service is asked once in 20 seconds; each further 429 only makes the test longer."""


@pytest.mark.parametrize("scenario", EXPLAINED)
def test_a_permanent_failure_is_explained_and_leaves_nothing_behind(world, scenario):
    phase, message, fix = EXPLAINED[scenario]
    before = world.serving()
    never_seen = world.ada.upload(dumped(iris_classifier()))
    world.scenario(scenario)
    found = world.ada.settled(world.ada.deploy(never_seen)["deployment_id"])
    assert found["status"] == "failed"
    failed = [told["phase"] for told in found["phases"] if told["status"] == "failed"]
    assert failed == [phase]
    assert message in found["error_message"]
    assert fix in found["error_message"]
    assert world.serving() == before


def test_the_crashed_containers_log_is_kept_in_the_timeline(world):
    world.scenario("container_crash")
    found = world.ada.settled(world.ada.deploy()["deployment_id"])
    failed = next(told for told in found["phases"] if told["status"] == "failed")
    assert "No module named '_loss'" in failed["detail"]


@pytest.mark.parametrize("scenario", WAITED_OUT)
def test_a_passing_failure_is_waited_out(world, scenario):
    world.scenario(scenario, **ONCE.get(scenario, {}))
    found = world.ada.settled(world.ada.deploy()["deployment_id"], 180)
    assert found["status"] == "active", found["error_message"]
    world.ada.delete(found["id"])


def test_a_generated_endpoint_name_that_is_taken_is_generated_again(world):
    world.scenario("name_taken")
    accepted = world.ada.deploy()
    found = world.ada.settled(accepted["deployment_id"])
    assert found["status"] == "active", found["error_message"]
    assert found["endpoint_name"] != accepted["endpoint_name"]
    assert found["endpoint_name"] in found["scoring_uri"]
    world.ada.delete(found["id"])


def test_a_chosen_endpoint_name_that_is_taken_is_explained(world):
    world.scenario("name_taken")
    found = world.ada.settled(world.ada.deploy(endpoint_name="somebodys")["deployment_id"])
    assert found["status"] == "failed"
    assert "somebodys belongs to somebody else" in found["error_message"]
    assert "somebodys" not in world.serving()[0]


def test_every_scenario_of_the_emulator_is_in_this_table(world):
    known = {scenario["name"] for scenario in world.control.get("/scenarios").json()}
    assert known == {*EXPLAINED, *WAITED_OUT, "name_taken"}


def test_autoscale_without_the_right_for_it_is_explained_and_leaves_nothing_behind(world):
    before = world.serving()
    action = "perform action 'Microsoft.Insights/autoscalesettings/write'"
    fault = {
        "match": {"method": "PUT", "path_regex": "(?i)autoscalesettings"},
        "times": 1,
        "status": 403,
        "body": {"error": {"code": "AuthorizationFailed", "message": f"It may not {action}."}},
    }
    world.control.put("/faults", json=[fault]).raise_for_status()
    accepted = world.ada.deploy(autoscale={"min": 1, "max": 2})
    found = world.ada.settled(accepted["deployment_id"])
    failed = [told["phase"] for told in found["phases"] if told["status"] == "failed"]
    assert (found["status"], failed) == ("failed", ["set_autoscale"])
    assert "Monitoring Contributor" in found["error_message"]
    assert world.serving() == before
    assert world.resources()["autoscale_settings"] == []
