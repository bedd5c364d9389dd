"""What every ServingTarget promises of living deployments that are changed where they run."""

import pytest

from shared.domain.endpoint import Provisioning
from shared.domain.release import Autoscale
from shared.errors.serving import BadArgument, ServingRefused

pytestmark = pytest.mark.contract

ROWS = b'{"data": [{"x": 1.0}]}'
REFERENCE = "${{azureml://connections/store/credentials/key}}"
LIMITS = Autoscale(min=1, max=3, cpu_percent=60, scale_in_cooldown_minutes=15)


def there(world):
    return world.settled(lambda: world.target.provisioning.deployment(world.endpoint, "blue"))


def deployed(world, folder):
    world.with_endpoint()
    world.with_deployment(folder)
    return world.target.provisioning


def of(world):
    """Names and marks of the settings of this test's endpoint."""
    return [
        (setting.deployment_name, setting.marks)
        for setting in world.target.provisioning.autoscale_settings()
        if setting.endpoint_name == world.endpoint
    ]


def test_another_number_of_instances_leaves_everything_else(world, folder):
    cloud = deployed(world, folder)
    cloud.put_instances(world.endpoint, "blue", 2)
    found = there(world)
    assert (found.provisioning, found.instance_count) == (Provisioning.SUCCEEDED, 2)
    assert found.environment_variables == {"GREETING": "hello"}
    assert found.marks == world.marks
    assert world.target.inference.score(world.endpoint, ROWS, deployment="blue").status == 200


def test_a_deployment_that_is_put_again_keeps_its_number_of_instances(world, folder):
    cloud = deployed(world, folder)
    cloud.put_instances(world.endpoint, "blue", 2)
    there(world)
    cloud.put_deployment(world.plan())
    assert there(world).instance_count == 2


def test_other_variables_keep_instances_marks_and_traffic(world, folder):
    cloud = deployed(world, folder)
    world.with_traffic(blue=100)
    cloud.put_instances(world.endpoint, "blue", 2)
    there(world)
    cloud.put_variables(world.endpoint, "blue", {"NEW": "1", "KEY": REFERENCE})
    found = there(world)
    assert found.provisioning is Provisioning.SUCCEEDED
    assert found.environment_variables == {"NEW": "1", "KEY": REFERENCE}
    assert (found.instance_count, found.marks) == (2, world.marks)
    assert cloud.endpoint(world.endpoint).traffic == {"blue": 100}
    assert world.target.inference.score(world.endpoint, ROWS).status == 200


def test_what_is_missing_cannot_be_changed(world, refused):
    world.with_endpoint()
    cloud = world.target.provisioning
    with refused("deployment_missing"):
        cloud.put_instances(world.endpoint, "ghost", 2)
    with refused("deployment_missing"):
        cloud.put_variables(world.endpoint, "ghost", {})


def test_autoscale_is_set_replaced_and_removed_where_the_cloud_can(world, folder):
    cloud = deployed(world, folder)
    if not world.target.can.autoscale:
        with pytest.raises(ServingRefused):
            cloud.put_autoscale(world.endpoint, "blue", LIMITS, world.marks)
        return
    assert of(world) == []
    cloud.put_autoscale(world.endpoint, "blue", LIMITS, world.marks)
    cloud.put_autoscale(world.endpoint, "blue", Autoscale(min=1, max=2), world.marks)
    assert of(world) == [("blue", world.marks)]
    cloud.delete_autoscale(world.endpoint, "blue")
    assert of(world) == []
    cloud.delete_autoscale(world.endpoint, "blue")


def test_a_setting_outlives_its_deployment_until_it_is_removed(world, folder):
    if not world.target.can.autoscale:
        pytest.skip(f"{world.target.kind} has no autoscale")
    cloud = deployed(world, folder)
    cloud.put_autoscale(world.endpoint, "blue", LIMITS, world.marks)
    cloud.delete_deployment(world.endpoint, "blue")
    assert there(world) is None
    assert of(world) == [("blue", world.marks)]
    cloud.delete_autoscale(world.endpoint, "blue")
    assert of(world) == []


def setting_of(world):
    """The one setting of this test's deployment, as Azure Monitor keeps it."""
    group = world.target.connection.group_id
    path = f"{group}/providers/Microsoft.Insights/autoscalesettings"
    url = f"https://management.azure.com{path}?api-version=2022-10-01"
    from azure.core.rest import HttpRequest

    listed = world.target.connection.arm.send_request(HttpRequest("GET", url)).json()["value"]
    (found,) = [
        each for each in listed if f"/{world.endpoint}/" in each["properties"]["targetResourceUri"]
    ]
    return found


def test_the_setting_is_as_azure_monitor_wants_it(emulated, folder):
    cloud = deployed(emulated, folder)
    cloud.put_autoscale(emulated.endpoint, "blue", LIMITS, emulated.marks)
    found = setting_of(emulated)
    (profile,) = found["properties"]["profiles"]
    assert profile["capacity"] == {"minimum": "1", "maximum": "3", "default": "1"}
    out, into = profile["rules"]
    assert (out["metricTrigger"]["operator"], out["metricTrigger"]["threshold"]) == (
        "GreaterThan",
        60,
    )
    assert (into["metricTrigger"]["operator"], into["metricTrigger"]["threshold"]) == (
        "LessThan",
        30,
    )
    assert [rule["scaleAction"]["direction"] for rule in (out, into)] == ["Increase", "Decrease"]
    assert into["scaleAction"]["cooldown"] == "PT15M"
    assert found["location"]
    cloud.delete_autoscale(emulated.endpoint, "blue")


def test_scaling_costs_one_request(emulated, emulator, folder):
    cloud = deployed(emulated, folder)
    emulator.http.delete("/calls").raise_for_status()
    cloud.put_instances(emulated.endpoint, "blue", 2)
    calls = [call for call in emulator.http.get("/calls").json() if call["service"] == "arm"]
    assert [call["method"] for call in calls] == ["PATCH"]
    assert there(emulated).instance_count == 2


def test_the_same_names_joined_otherwise_are_another_setting(emulated, folder):
    """`a` + `b-c` and `a-b` + `c`: both could belong to somebody."""
    from shared.adapters.targets.azureml.autoscale import _path

    connection = emulated.target.connection
    assert _path(connection, "iris", "a-b") != _path(connection, "iris-a", "b")


def test_too_many_instances_are_refused_in_words(emulated, folder):
    cloud = deployed(emulated, folder)
    with pytest.raises(BadArgument):
        cloud.put_instances(emulated.endpoint, "blue", 51)
    assert there(emulated).instance_count == 1


def test_a_right_that_is_missing_names_the_role_for_monitoring(emulated, emulator, folder, refused):
    emulator.faults(
        {
            "match": {"method": "PUT", "path_regex": "(?i)autoscalesettings"},
            "times": 1,
            "status": 403,
            "body": {
                "error": {
                    "code": "AuthorizationFailed",
                    "message": "The client 'x' does not have authorization to perform action"
                    " 'Microsoft.Insights/autoscalesettings/write' over scope '/x'.",
                }
            },
        }
    )
    with refused("not_authorized") as caught:
        emulated.target.provisioning.put_autoscale(
            emulated.endpoint, "blue", LIMITS, emulated.marks
        )
    assert "Monitoring Contributor" in caught.value.fix
