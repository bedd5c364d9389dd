"""Autoscale settings over ARM, and an engine that really changes what a deployment has."""

import datetime as dt

import httpx
import pytest

from devstack.azureml_emulator.tests.support import sdk

VERSION = {"api-version": "2022-10-01"}


@pytest.fixture(scope="module")
def endpoint(ml, emulator, assets):
    with pytest.MonkeyPatch.context() as patch:
        for name, value in emulator.environment.items():
            patch.setenv(name, value)
        sdk.create_endpoint(ml, "scaled")
        for name in ("blue", "green"):
            sdk.deploy(ml, assets.deployment(name, "scaled"))
        sdk.set_traffic(ml, "scaled", blue=100)
        yield "scaled"
        ml.online_endpoints.begin_delete("scaled").result(30)


@pytest.fixture
def insights(emulator, endpoint, control):
    """A client of the resource group's autoscale settings; what it made is gone after the test."""
    group = emulator.workspace_path.partition("/providers/")[0].replace(
        "resourceGroups", "resourcegroups"
    )
    with emulator.https(
        base_url=f"https://management.azure.com{group}/providers/Microsoft.Insights/autoscalesettings/",
        headers={"Authorization": f"Bearer {emulator.token()}"},
        params=VERSION,
    ) as client:
        control.delete("/metrics").raise_for_status()
        yield client
        for setting in client.get(str(client.base_url).rstrip("/")).json()["value"]:
            client.delete(setting["name"]).raise_for_status()
        control.delete("/metrics").raise_for_status()


def setting(emulator, deployment: str = "blue", **changes: object) -> dict:
    target = f"{emulator.workspace_path}/onlineEndpoints/scaled/deployments/{deployment}"

    def rule(direction: str, operator: str, threshold: float) -> dict:
        return {
            "metricTrigger": {
                "metricName": "CpuUtilizationPercentage",
                "metricResourceUri": target,
                "timeGrain": "PT1M",
                "statistic": "Average",
                "timeWindow": "PT5M",
                "timeAggregation": "Average",
                "operator": operator,
                "threshold": threshold,
                "dividePerInstance": False,
                "dimensions": [],
            },
            "scaleAction": {
                "direction": direction,
                "type": "ChangeCount",
                "value": "1",
                "cooldown": "PT5M",
            },
        }

    profile = {
        "name": "default",
        "capacity": {"minimum": "1", "maximum": "3", "default": "1"},
        "rules": [rule("Increase", "GreaterThan", 70), rule("Decrease", "LessThan", 25)],
    }
    properties = {"enabled": True, "targetResourceUri": target, "profiles": [profile], **changes}
    return {"location": "westeurope", "tags": {"owner": "tests"}, "properties": properties}


def count(arm: httpx.Client, deployment: str = "blue") -> int:
    return arm.get(f"onlineEndpoints/scaled/deployments/{deployment}").json()["sku"]["capacity"]


def load(control: httpx.Client, percent: float, ahead: int = 60) -> None:
    """So much CPU in the minutes just gone and in those to come."""
    now = dt.datetime.fromisoformat(control.get("/clock").json()["now"])
    value = {
        "endpoint": "scaled",
        "deployment": "blue",
        "metric": "CpuUtilizationPercentage",
        "value": percent,
        "at": (now + dt.timedelta(minutes=ahead)).isoformat(),
        "minutes": ahead + 10,
    }
    control.put("/metrics", json={"values": [value]}).raise_for_status()


def advance(control: httpx.Client, minutes: int) -> None:
    control.put("/clock", json={"advance_seconds": 60 * minutes}).raise_for_status()


def test_a_setting_is_put_shown_changed_listed_and_deleted(insights, emulator, control):
    made = insights.put("one", json=setting(emulator, "green"))
    assert made.status_code == 201
    shown = made.json()
    assert shown["id"].endswith("/providers/Microsoft.Insights/autoscalesettings/one")
    assert (shown["type"], shown["name"]) == ("Microsoft.Insights/autoscaleSettings", "one")
    assert (shown["properties"]["name"], shown["properties"]["enabled"]) == ("one", True)
    assert shown["properties"]["profiles"][0]["capacity"]["maximum"] == "3"
    assert insights.put("one", json=setting(emulator, "green")).status_code == 200
    assert insights.get("ONE").json() == shown
    changed = insights.patch("one", json={"properties": {"enabled": False}})
    assert (changed.status_code, changed.json()["properties"]["enabled"]) == (200, False)
    listed = control.get("/resources").json()["autoscale_settings"]
    assert [(one["name"], one["enabled"]) for one in listed] == [("one", False)]
    everywhere = str(insights.base_url).replace("/resourcegroups/local-resources", "").rstrip("/")
    assert [one["name"] for one in insights.get(everywhere).json()["value"]] == ["one"]
    assert [insights.delete("one").status_code for _ in range(2)] == [200, 204]
    gone = insights.get("one")
    assert (gone.status_code, gone.json()["error"]["code"]) == (404, "ResourceNotFound")


def test_one_target_has_one_setting_and_a_setting_one_target(insights, emulator):
    assert insights.put("one", json=setting(emulator)).status_code == 201
    second = insights.put("two", json=setting(emulator))
    assert (second.status_code, second.json()["code"]) == (409, "Conflict")
    moved = insights.put("one", json=setting(emulator, "green"))
    assert (moved.status_code, moved.json()["code"]) == (400, "TargetResourceIdIsImmutable")
    missing = insights.put("three", json=setting(emulator, "grey"))
    assert (missing.status_code, missing.json()["code"]) == (404, "TargetResourceNotFound")


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (("capacity", "maximum"), "0", "minimum <= maximum"),
        (("capacity", "maximum"), "51", "maximum <= 50"),
        (("capacity", "default"), "9", "default 9 is invalid"),
        (("capacity", "minimum"), "few", "capacity.minimum"),
        (("rules", 0, "scaleAction", "cooldown"), "PT30S", "cooldown"),
        (("rules", 0, "scaleAction", "direction"), "Sideways", "direction"),
        (("rules", 0, "metricTrigger", "timeWindow"), "PT1M", "timeWindow"),
        (("rules", 0, "metricTrigger", "operator"), "Above", "operator"),
        (("rules", 0, "metricTrigger", "metricName"), "Cpu", "Failed to find metric"),
    ],
)
def test_what_makes_no_sense_is_refused(insights, emulator, path, value, words):
    body = setting(emulator)
    place = body["properties"]["profiles"][0]
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    answer = insights.put("odd", json=body)
    assert (answer.status_code, answer.json()["code"]) == (400, "BadRequest")
    assert words in answer.json()["message"]


@pytest.mark.parametrize(
    "changes",
    [{"notifications": [{"operation": "Scale"}]}, {"targetResourceUri": "/subscriptions/x/y"}],
)
def test_what_is_not_emulated_is_501(insights, emulator, changes):
    assert insights.put("odd", json=setting(emulator, **changes)).status_code == 501


def test_load_scales_out_with_cooldown_and_idleness_scales_in(insights, emulator, control, arm):
    insights.put("one", json=setting(emulator)).raise_for_status()
    pid = [
        one["pid"] for one in control.get("/resources").json()["processes"]
        if one["deployment"] == "scaled/blue"
    ]  # fmt: skip
    load(control, 90)
    advance(control, 1)
    assert count(arm) == 2
    advance(control, 3)
    assert count(arm) == 2, "the cooldown holds"
    advance(control, 3)
    assert count(arm) == 3
    advance(control, 10)
    assert count(arm) == 3, "the maximum holds"
    quota = control.get("/quota").json()["standardDSv2Family"]
    assert quota["used"] >= 4, "ceil(1.2 x 3) x 1 core"

    capacity = arm.get(
        "onlineEndpoints/scaled/deployments/blue/providers/microsoft.insights/metrics",
        params={"api-version": "2024-02-01", "metricnames": "DeploymentCapacity"},
    ).json()["value"][0]["timeseries"][0]["data"]
    values = [point["average"] for point in capacity if "average" in point]
    assert (min(values), values[-1]) == (1, 3)

    load(control, 1)
    advance(control, 1)
    assert count(arm) == 2
    advance(control, 6)
    assert count(arm) == 1
    advance(control, 10)
    assert count(arm) == 1, "the minimum holds"
    assert pid == [
        one["pid"] for one in control.get("/resources").json()["processes"]
        if one["deployment"] == "scaled/blue"
    ], "a change of count restarts nothing"  # fmt: skip


def test_the_quota_stops_a_scale_out(insights, emulator, control, arm):
    used = control.get("/quota").json()["standardDSv2Family"]["used"]
    control.put("/quota", json={"Standard_DS1_v2": {"limit": used}}).raise_for_status()
    insights.put("one", json=setting(emulator)).raise_for_status()
    load(control, 90)
    advance(control, 2)
    assert count(arm) == 1


def test_a_setting_outlives_its_deployment(insights, emulator, control, ml, assets):
    sdk.deploy(ml, assets.deployment("brief", "scaled"))
    insights.put("one", json=setting(emulator, "brief")).raise_for_status()
    ml.online_deployments.begin_delete("brief", "scaled").result(30)
    advance(control, 2)
    assert insights.get("one").status_code == 200
    assert insights.put("one", json=setting(emulator, "brief")).status_code == 404


def test_skus_say_what_a_deployment_can_have(arm, endpoint):
    [sku] = arm.get(f"onlineEndpoints/{endpoint}/deployments/blue/skus").json()["value"]
    assert sku["sku"] == {"name": "default", "tier": "Standard"}
    assert (sku["capacity"]["minimum"], sku["capacity"]["maximum"]) == (1, 50)
    assert (sku["capacity"]["default"], sku["capacity"]["scaleType"]) == (3, "Automatic")
