"""A living deployment is changed over the real host: scale, autoscale, variables, expiry."""

from datetime import datetime, timedelta

import pytest

from tests.support.crash import Point, hold, is_held, release, rows
from tests.support.world import until

NAME = "changed-endpoint"
OUTSIDE = (422, "count_outside_autoscale")
REFERENCE = "${{azureml://connections/store/credentials/key}}"


@pytest.fixture(scope="module")
def blue(session_world):
    found = session_world.ada.active(
        endpoint_name=NAME, deployment_name="blue", environment_variables={"OLD": REFERENCE}
    )
    yield found
    session_world.ada.delete(found["id"])


def patch(world, deployment_id, **fields):
    return world.ada.api.patch(f"/deployments/{deployment_id}", json=fields)


def in_the_cloud(world, endpoint=NAME):
    (found,) = [d for d in world.resources()["deployments"] if d["endpoint"] == endpoint]
    return found


def settings(world, endpoint=NAME):
    """Autoscale settings of the endpoint's deployments."""
    found = world.resources()["autoscale_settings"]
    return [each for each in found if f"/{endpoint}/" in str(each)]


def code(reply):
    return reply.status_code, reply.json()["error"]["code"]


def test_what_only_the_row_holds_is_changed_at_once(world, blue):
    world.control.delete("/calls").raise_for_status()
    reply = patch(world, blue["id"], description="better", expires_in_hours=2, on_expiry="delete")
    assert reply.status_code == 200, reply.text
    assert reply.json()["description"] == "better"
    assert reply.json()["expires_at"]
    assert world.ada.detail(blue["id"])["on_expiry"] == "delete"
    assert world.control.get("/calls").json() == []
    reply = patch(world, blue["id"], expires_in_hours=None)
    assert (reply.status_code, reply.json()["expires_at"]) == (200, None)


def test_the_owner_reads_the_variables_back_and_references_pass_through(world, blue):
    assert world.ada.detail(blue["id"])["environment_variables"] == {"OLD": REFERENCE}
    (listed,) = [
        row
        for row in world.ada.api.get("/deployments/list").json()["deployments"]
        if row["id"] == blue["id"]
    ]
    assert listed["environment_variables"] is None
    assert world.grace.api.get(f"/deployments/{blue['id']}").status_code == 404


def test_scaling_is_one_patch_of_the_cloud(world, blue):
    world.control.delete("/calls").raise_for_status()
    reply = patch(world, blue["id"], instance_count=2)
    assert reply.status_code == 202, reply.text
    assert reply.headers["Location"] == f"/operations/{reply.json()['operation_id']}"
    operation = world.ada.followed(reply)
    assert (operation["kind"], operation["status"]) == ("update", "succeeded")
    phases = [phase["phase"] for phase in operation["phases"]]
    assert phases == ["verify_update", "scale_deployment", "keep_update"]
    assert "an hour" in operation["phases"][0]["message"]
    written = [c for c in world.control.get("/calls").json() if c["method"] in ("PUT", "PATCH")]
    assert [call["method"] for call in written] == ["PATCH"]
    assert world.ada.detail(blue["id"])["instance_count"] == 2
    assert world.ada.score(blue["id"]).status_code == 200


def test_variables_are_changed_by_a_rolling_update_that_keeps_the_count(world, blue):
    reply = patch(world, blue["id"], environment_variables={"NEW": "1"})
    assert "replaced one after the other" in reply.json()["message"]
    assert world.ada.followed(reply)["status"] == "succeeded"
    found = world.ada.detail(blue["id"])
    assert (found["environment_variables"], found["instance_count"]) == ({"NEW": "1"}, 2)
    assert world.ada.score(blue["id"]).status_code == 200


def test_autoscale_comes_and_goes(world, blue):
    reply = patch(world, blue["id"], autoscale={"min": 1, "max": 3})
    assert world.ada.followed(reply)["status"] == "succeeded"
    assert world.ada.detail(blue["id"])["autoscale"]["max"] == 3
    assert len(settings(world)) == 1
    assert code(patch(world, blue["id"], instance_count=4)) == (422, "count_outside_autoscale")
    assert world.ada.followed(patch(world, blue["id"], autoscale=None))["status"] == "succeeded"
    assert settings(world) == []
    found = world.ada.detail(blue["id"])
    assert (found["autoscale"], found["instance_count"]) == (None, 2)


def test_what_autoscale_has_changed_survives_a_change_of_variables(world, blue):
    reply = patch(world, blue["id"], autoscale={"min": 1, "max": 3}, instance_count=1)
    assert world.ada.followed(reply)["status"] == "succeeded"
    now = datetime.fromisoformat(world.control.get("/clock").json()["now"])
    busy = {
        "endpoint": NAME,
        "deployment": "blue",
        "metric": "CpuUtilizationPercentage",
        "value": 95,
        "at": (now + timedelta(minutes=20)).isoformat(),
        "minutes": 30,
    }
    world.control.put("/metrics", json={"values": [busy]}).raise_for_status()
    world.control.put("/clock", json={"advance_seconds": 120}).raise_for_status()
    until(lambda: in_the_cloud(world)["instance_count"] == 2, "the load has made it two")
    reply = patch(world, blue["id"], environment_variables={"AFTER": "1"})
    assert world.ada.followed(reply)["status"] == "succeeded"
    assert in_the_cloud(world)["instance_count"] == 2
    world.control.delete("/metrics").raise_for_status()
    reply = patch(world, blue["id"], autoscale=None, instance_count=2)
    assert world.ada.followed(reply)["status"] == "succeeded"


def test_a_failed_update_leaves_row_and_container_as_they_were(world, blue):
    before = world.ada.detail(blue["id"])
    world.scenario("container_crash")
    reply = patch(world, blue["id"], environment_variables={"BAD": "1"}, instance_count=3)
    operation = world.ada.followed(reply)
    assert (operation["status"], operation["error"]["code"]) == ("failed", "container_crashed")
    assert "restore_deployment" in [phase["phase"] for phase in operation["phases"]]
    found = world.ada.detail(blue["id"])
    for field in ("status", "instance_count", "environment_variables", "autoscale"):
        assert found[field] == before[field]
    assert world.ada.score(blue["id"]).status_code == 200


def test_an_update_whose_orchestration_is_gone_is_undone_in_the_cloud(world, blue):
    before = world.ada.detail(blue["id"])
    hold(world, Point("keep_update", "before start", ("keep_update", "started")))
    try:
        reply = patch(world, blue["id"], environment_variables={"LOST": "1"}, instance_count=3)
        lost = reply.json()["operation_id"]
        until(lambda: is_held(world), "the cloud has changed, and not yet the row")
        assert in_the_cloud(world)["instance_count"] == 3
        instances = f"{world.facts['functions_url']}/runtime/webhooks/durabletask/instances"
        world.http.post(f"{instances}/{lost}/terminate").raise_for_status()
        until(lambda: world.has_ended(lost), "it is terminated")
    finally:
        release(world)
    world.run_timer("recover_rows")
    undoing = until(lambda: rows(world, "operations", parent_id=f"eq.{lost}"), "it is undone")[0]
    until(lambda: world.has_ended(undoing["id"]), "the cloud is as it was")
    ended = world.ada.api.get(f"/operations/{undoing['id']}").json()
    assert (ended["status"], ended["requested_by"]) == ("succeeded", None), ended["error"]
    assert "change_variables" in [phase["phase"] for phase in ended["phases"]]
    told = world.ada.api.get(f"/operations/{lost}").json()
    assert (told["status"], told["error"]["code"]) == ("failed", "orchestration_lost")
    assert in_the_cloud(world)["instance_count"] == before["instance_count"]
    found = world.ada.detail(blue["id"])
    for field in ("status", "instance_count", "environment_variables"):
        assert found[field] == before[field]
    assert world.ada.score(blue["id"]).status_code == 200


def test_a_maximum_without_quota_is_refused_before_anything_changes(world, blue):
    world.control.put("/quota", json={"Standard_DS1_v2": {"limit": 6}}).raise_for_status()
    world.control.delete("/calls").raise_for_status()
    operation = world.ada.followed(patch(world, blue["id"], autoscale={"min": 1, "max": 10}))
    assert (operation["status"], operation["error"]["code"]) == ("failed", "quota_too_small")
    written = [c for c in world.control.get("/calls").json() if c["method"] in ("PUT", "PATCH")]
    assert written == []


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"instance_type": "Standard_DS2_v2"}, (422, "instance_type_fixed")),
        ({"status": "active"}, (422, "invalid_request")),
        ({"instance_count": 0}, (422, "invalid_request")),
        ({"instance_count": None}, (422, "invalid_request")),
        (
            {"instance_count": 2, "autoscale": {"min": 3, "max": 4}},
            (422, "count_outside_autoscale"),
        ),
        ({"environment_variables": {"PATH": "/"}}, (422, "invalid_request")),
        ({"environment_variables": None}, (422, "invalid_request")),
        ({"on_expiry": None}, (422, "invalid_request")),
    ],
    ids=str,
)
def test_what_cannot_be_changed_is_refused_with_the_way_that_there_is(world, blue, fields, refusal):
    reply = patch(world, blue["id"], **fields)
    assert code(reply) == refusal, reply.text
    assert reply.json()["error"]["fix"]


def test_nobody_changes_anothers_deployment(world, blue):
    reply = world.grace.api.patch(f"/deployments/{blue['id']}", json={"instance_count": 3})
    assert reply.status_code == 404


def test_autoscale_goes_with_its_deployment_and_comes_back_with_it(world):
    ada, name = world.ada, "scaled-endpoint"
    found = ada.active(endpoint_name=name, autoscale={"min": 1, "max": 2})
    assert "set_autoscale" in [phase["phase"] for phase in found["phases"]]
    assert len(settings(world, name)) == 1
    assert ada.followed(ada.api.post(f"/deployments/{found['id']}/sleep"))["status"] == "succeeded"
    assert settings(world, name) == []
    assert ada.followed(ada.api.post(f"/deployments/{found['id']}/wake"))["status"] == "succeeded"
    until(lambda: settings(world, name), "the setting is there again")
    ada.delete(found["id"])
    assert settings(world, name) == []
