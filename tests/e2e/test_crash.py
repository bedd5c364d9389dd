"""kill -9 of the functions host around every phase: the deployment goes on where it was."""

import time

import httpx
import pytest

from tests.support.world import IRIS_ROW

RUNS = [
    [("verify_workspace", "started"), ("verify_workspace", "succeeded"),
     ("register_model", "started"), ("create_deployment", "started")],
    [("prepare_model", "started"), ("prepare_model", "succeeded"),
     ("create_deployment", "succeeded"), ("finalize", "started")],
    [("create_endpoint", "started"), ("create_endpoint", "succeeded"),
     ("verify_deployment", "started"), ("verify_deployment", "succeeded")],
    [("register_model", "succeeded"), ("shift_traffic", "started"),
     ("shift_traffic", "succeeded"), ("finalize", "succeeded")],
]  # fmt: skip
"""Sixteen points: before the start and after the end of each phase, four to a deployment."""


@pytest.mark.parametrize("points", RUNS, ids=lambda points: points[0][0] + "-" + points[0][1])
def test_the_deployment_becomes_active_and_nothing_is_made_twice(world, points):
    ada = world.ada
    world.control.delete("/calls")
    accepted = ada.deploy(endpoint_name=f"crash-{RUNS.index(points)}", deployment_name="blue")
    for point in points:
        wait_for(world, accepted["deployment_id"], point)
        old = world.kill("functions_host")
        world.restarted("functions_host", old)
    found = ada.settled(accepted["deployment_id"])
    assert found["status"] == "active", found["error_message"]
    assert {phase["status"] for phase in found["phases"]} == {"succeeded"}
    reply = ada.api.post(f"/deployments/{found['id']}/score", json={"data": [IRIS_ROW]})
    assert reply.json() == [0]
    endpoint = found["endpoint_name"]
    resources = world.resources()
    assert [e["name"] for e in resources["endpoints"]].count(endpoint) == 1
    assert [d["name"] for d in resources["deployments"] if d["endpoint"] == endpoint] == ["blue"]
    assert versions(resources, found["azure_model_name"]) == [found["azure_model_version"]]
    assert puts(world, f"/onlineEndpoints/{endpoint}/deployments/blue") == 1
    assert puts(world, f"/onlineEndpoints/{endpoint}") == 2, "one to create, one for the traffic"
    ada.delete(found["id"])


def wait_for(world, deployment_id: str, point: tuple[str, str]) -> None:
    """Returns at once when the timeline has the point; it may have passed on."""
    phase, status = point
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        for event in events(world, deployment_id):
            if (event["phase"], event["status"]) == (phase, status):
                return
        time.sleep(0.005)
    raise AssertionError(f"never came to {point}")


def events(world, deployment_id: str) -> list[dict[str, str]]:
    """Read where they are written, so that a host that is down hides nothing."""
    reply = httpx.get(
        f"{world.facts['supabase_url']}/rest/v1/deployment_events",
        params={"deployment_id": f"eq.{deployment_id}", "select": "phase,status"},
        headers={
            "apikey": world.facts["publishable_key"],
            "Authorization": f"Bearer {world.ada.token}",
        },
    )
    found: list[dict[str, str]] = reply.raise_for_status().json()
    return found


def versions(resources, model: str) -> list[str]:
    return [found["version"] for found in resources["models"] if found["name"] == model]


def puts(world, suffix: str) -> int:
    calls = world.control.get("/calls").json()
    return sum(
        call["method"] == "PUT" and call["path"].partition("?")[0].endswith(suffix)
        for call in calls
    )
