"""The sweeper, run by hand as an operator would: what has lost its other half ends."""

import time
import uuid
from datetime import timedelta

import httpx

from tests.support.world import until


def arm(world, method: str, path: str) -> httpx.Response:
    """A call by somebody who works on the workspace without Slipway."""
    emulator = world.emulator
    token = world.http.get(
        emulator["identity_endpoint"],
        params={"api-version": "2019-08-01", "resource": "https://management.azure.com"},
        headers={"X-IDENTITY-HEADER": emulator["identity_header"]},
    ).json()["access_token"]
    workspace = (
        f"/subscriptions/{emulator['subscription_id']}/resourceGroups"
        f"/{emulator['resource_group']}/providers/Microsoft.MachineLearningServices"
        f"/workspaces/{emulator['workspace_name']}"
    )
    with world.endpoint_client(token) as client:
        return client.request(
            method, f"https://management.azure.com{workspace}{path}?api-version=2023-04-01"
        )


def hinder_removal(world, endpoint: str, *, times: int, status: int) -> None:
    fault = {
        "match": {"method": "DELETE", "path_regex": f"/onlineEndpoints/{endpoint}"},
        "times": times,
        "status": status,
        "body": {"error": {"code": "AuthorizationFailed", "message": "no"}}
        if status == 403
        else "",
    }
    world.control.put("/faults", json=[fault]).raise_for_status()


def test_an_active_deployment_whose_endpoint_was_removed_by_hand_becomes_failed(world):
    live = world.ada.active(endpoint_name="vanishing")
    assert arm(world, "DELETE", "/onlineEndpoints/vanishing").status_code == 202
    until(lambda: "vanishing" not in world.serving()[0], "the endpoint is gone")
    world.run_timer("sweep")
    found = until(
        lambda: (now := world.ada.detail(live["id"]))["status"] == "failed" and now, "it is failed"
    )
    assert "vanishing is not in Azure ML any more" in found["error_message"]
    assert found["phases"][-1]["phase"] == "sweep"


def test_what_a_removal_had_to_leave_behind_is_removed_later(world):
    before = world.serving()
    live = world.ada.active(endpoint_name="left-over")
    hinder_removal(world, "left-over", times=100, status=403)
    assert world.ada.removal(live["id"]) == "failed"
    assert "left-over" in world.serving()[0]
    world.calm()
    world.run_timer("sweep")
    until(lambda: world.serving() == before, "nothing is left")


def test_a_removal_that_meets_a_failing_service_is_tried_until_it_is_done(world):
    before = world.serving()
    live = world.ada.active(endpoint_name="stubborn")
    hinder_removal(world, "stubborn", times=5, status=500)
    world.ada.delete(live["id"])
    assert world.serving() == before


def forgotten_row(world, *, age: timedelta) -> str:
    """A request that was accepted; the app crashed before it could start the orchestration."""
    deployment_id = str(uuid.uuid4())
    spec = {
        "model_id": world.ada.model(),
        "deployment_name": "forgotten",
        "endpoint_name": f"forgotten-{time.time_ns() % 10**9}",
        "instance_type": "Standard_DS1_v2",
        "instance_count": 1,
    }
    world.ada.supabase(
        "POST",
        "/rest/v1/rpc/request_deployment",
        json={"deployment_id": deployment_id, "spec": spec},
    )
    with world.database() as database:
        database.execute(
            "update public.operations set started_at = started_at - %s where id = %s",
            (age, deployment_id),
        )
    return deployment_id


def test_a_deploying_row_that_no_orchestration_looks_after_becomes_failed(world):
    forgotten = forgotten_row(world, age=timedelta(hours=1))
    world.run_timer("sweep")
    found = until(
        lambda: (now := world.ada.detail(forgotten))["status"] == "failed" and now, "it is failed"
    )
    assert "orchestration is gone" in found["error_message"]


def test_a_request_accepted_just_before_a_crash_is_still_carried_out(world):
    forgotten = forgotten_row(world, age=timedelta(minutes=1))
    world.run_timer("sweep")
    assert world.ada.settled(forgotten)["status"] == "active"
    world.ada.delete(forgotten)


def test_a_sweep_leaves_what_lives_alone_however_its_name_is_written(world):
    live = world.ada.active(endpoint_name="Kept-In-Capitals")
    assert live["endpoint_name"] == "kept-in-capitals"
    gone = world.ada.active(endpoint_name="swept-away")
    assert arm(world, "DELETE", "/onlineEndpoints/swept-away").status_code == 202
    until(lambda: "swept-away" not in world.serving()[0], "the endpoint is gone")
    world.run_timer("sweep")
    until(lambda: world.ada.detail(gone["id"])["status"] == "failed", "the sweep is over")
    assert world.ada.detail(live["id"])["status"] == "active"
    assert world.ada.score(live["id"]).status_code == 200
    world.ada.delete(live["id"])
