"""Azure ML's permanent failures: explained in plain words, no traces left."""

import pytest

from devstack.seed import iris_classifier
from tests.support.scenarios import EXPLAINED, WAITED_OUT
from tests.support.world import dumped


@pytest.mark.parametrize("scenario", EXPLAINED)
def test_a_permanent_failure_is_explained_and_leaves_nothing_behind(world, scenario):
    phase, message, fix = EXPLAINED[scenario]
    before = world.serving()
    never_seen = phase == "register_model"
    model = world.ada.upload(dumped(iris_classifier())) if never_seen else world.ada.model()
    world.scenario(scenario)
    found = world.ada.settled(world.ada.deploy(model)["deployment_id"])
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
