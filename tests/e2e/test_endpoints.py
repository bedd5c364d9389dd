"""An endpoint that a team runs: revisions, traffic, sleep, rollback, expiry, over the real host."""

import httpx
import pytest

from tests.support.world import until

NAME = "team-endpoint"
AT_ONCE = {"keep_previous_minutes": None}


def shown(world, name=NAME):
    reply = world.ada.api.get(f"/endpoints/{name}")
    assert reply.status_code == 200, reply.text
    return reply


def moved(world, traffic, mirror=None, *, name=NAME, etag=None):
    headers = {"If-Match": etag} if etag else {}
    body = {"traffic": traffic, **({"mirror": mirror} if mirror else {})}
    return world.ada.api.put(f"/endpoints/{name}/traffic", json=body, headers=headers)


@pytest.fixture(scope="module")
def pair(session_world):
    """Revisions 1 (blue) and 2 (green) of one endpoint; green has all the traffic."""
    ada = session_world.ada
    blue = ada.active(endpoint_name=NAME, deployment_name="blue", **AT_ONCE)
    green = ada.active(endpoint_name=NAME, deployment_name="green", description="better", **AT_ONCE)
    yield blue, green
    for each in (green, blue):
        ada.delete(each["id"])


def test_an_endpoints_deployments_are_its_revisions(world, pair):
    blue, green = pair
    found = shown(world).json()
    newest, oldest = found["revisions"]
    assert [newest["revision"], oldest["revision"]] == [2, 1]
    assert (newest["deployment_id"], oldest["deployment_id"]) == (green["id"], blue["id"])
    assert found["traffic"] == {"green": 100}
    assert [move["traffic"] for move in found["moves"]] == [{"green": 100}, {"blue": 100}]
    assert {change["field"] for change in newest["changed"]} == {"description"}
    assert (oldest["changed"], found["last_good"]) == ([], 1)
    assert found["scoring_uri"].endswith("/score")


def test_the_list_shows_what_serves_and_what_it_costs(world, pair):
    listed = world.ada.api.get("/endpoints", params={"search": NAME}).json()
    (found,) = listed["endpoints"]
    assert (found["name"], found["traffic"], found["revisions"]) == (NAME, {"green": 100}, 2)
    assert found["usd_per_hour"] > 0
    assert found["reason"] is None
    assert world.grace.api.get(f"/endpoints/{NAME}").status_code == 404
    assert NAME not in world.grace.api.get("/endpoints").text


def test_traffic_is_moved_durably_and_told(world, pair):
    blue, _ = pair
    etag = shown(world).headers["etag"]
    reply = moved(world, {"green": 80, "blue": 20}, etag=etag)
    assert reply.status_code == 202, reply.text
    operation = world.ada.followed(reply)
    assert (operation["kind"], operation["status"]) == ("change_traffic", "succeeded")
    assert shown(world).json()["traffic"] == {"green": 80, "blue": 20}
    told = world.ada.detail(blue["id"])["phases"]
    assert any(p["phase"] == "move_traffic" and "20 %" in p["message"] for p in told)
    stale = moved(world, {"green": 50, "blue": 50}, etag=etag)
    assert (stale.status_code, stale.json()["error"]["code"]) == (409, "traffic_changed")
    assert stale.json()["error"]["traffic"] == {"green": 80, "blue": 20}
    world.ada.followed(moved(world, {"green": 100}))


@pytest.mark.parametrize(
    ("traffic", "mirror", "status", "code"),
    [
        ({"green": 90}, None, 422, "invalid_request"),
        ({"green": 101}, None, 422, "invalid_request"),
        ({"green": 100, "GREEN": 0}, None, 422, "invalid_request"),
        ({"green": 100}, {"blue": 51}, 422, "invalid_request"),
        ({"green": 100}, {"green": 10}, 422, "invalid_request"),
        ({"green": 100}, {"blue": 10, "red": 10}, 422, "invalid_request"),
        ({"ghost": 100}, None, 422, "unknown_revision"),
        ({"green": 100}, {"ghost": 10}, 422, "unknown_revision"),
        ({"green": 99.5, "blue": 0.5}, None, 422, "invalid_request"),
    ],
)
def test_illegal_traffic_is_refused_before_azure_is_asked(
    world, pair, traffic, mirror, status, code
):
    world.control.delete("/calls").raise_for_status()
    reply = moved(world, traffic, mirror)
    assert (reply.status_code, reply.json()["error"]["code"]) == (status, code), reply.text
    written = [call for call in world.control.get("/calls").json() if call["method"] == "PUT"]
    assert written == []


def test_two_movers_at_once_have_one_winner(world, pair):
    world.control.put("/latency", json={"traffic": 3}).raise_for_status()
    first = moved(world, {"green": 70, "blue": 30})
    second = moved(world, {"green": 60, "blue": 40})
    assert first.status_code == 202
    assert second.status_code == 409
    assert second.json()["error"]["code"] == "operation_running"
    (running,) = shown(world).json()["operations"]
    assert (running["id"], running["kind"]) == (first.json()["operation_id"], "change_traffic")
    assert world.ada.followed(first)["status"] == "succeeded"
    found = shown(world).json()
    assert (found["traffic"], found["operations"]) == ({"green": 70, "blue": 30}, [])
    world.ada.followed(moved(world, {"green": 100}))


def test_requests_are_copied_to_a_mirror(world, pair):
    world.ada.followed(moved(world, {"green": 100}, {"blue": 20}))
    found = shown(world).json()
    assert (found["traffic"], found["mirror"]) == ({"green": 100}, {"blue": 20})
    world.ada.followed(moved(world, {"green": 100}))
    assert shown(world).json()["mirror"] == {}


def test_a_rollback_goes_to_the_last_that_served_everything_and_back(world, pair):
    reply = world.ada.api.post(f"/endpoints/{NAME}/rollback")
    assert (reply.status_code, reply.json()["to"]) == (202, 1), reply.text
    assert world.ada.followed(reply)["status"] == "succeeded"
    assert shown(world).json()["traffic"] == {"blue": 100}
    again = world.ada.api.post(f"/endpoints/{NAME}/rollback", json={"to": 1})
    assert world.ada.followed(again)["status"] == "succeeded"
    back = world.ada.api.post(f"/endpoints/{NAME}/rollback", json={})
    assert back.json()["to"] == 2
    world.ada.followed(back)
    assert shown(world).json()["traffic"] == {"green": 100}
    unknown = world.ada.api.post(f"/endpoints/{NAME}/rollback", json={"to": 9})
    assert unknown.json()["error"]["code"] == "unknown_revision"


def test_what_sleeps_costs_nothing_and_is_woken_without_conversion(world, pair):
    blue, _ = pair
    asleep = world.ada.api.post(f"/deployments/{blue['id']}/sleep")
    assert asleep.status_code == 202, asleep.text
    assert world.ada.detail(blue["id"])["status"] == "asleep"
    assert world.ada.followed(asleep)["status"] == "succeeded"
    assert "blue" not in {
        d["name"] for d in world.resources()["deployments"] if d.get("endpoint") == NAME
    }
    assert moved(world, {"blue": 100}).json()["error"]["code"] == "deployment_asleep"
    assert world.ada.score(blue["id"]).status_code == 409
    world.control.delete("/calls").raise_for_status()
    woken = world.ada.api.post(f"/deployments/{blue['id']}/wake")
    assert woken.status_code == 202, woken.text
    assert world.ada.followed(woken, 120)["status"] == "succeeded"
    written = [c["path"] for c in world.control.get("/calls").json() if c["method"] == "PUT"]
    assert [path for path in written if "/models/" in path] == []
    assert world.ada.detail(blue["id"])["status"] == "active"
    assert (
        world.ada.score(blue["id"]).json() == {"predictions": [0]}
        or world.ada.score(blue["id"]).is_success
    )
    assert world.ada.api.post(f"/deployments/{blue['id']}/wake").status_code == 409


def test_a_rollback_wakes_what_sleeps(world, pair):
    blue, _ = pair
    world.ada.followed(world.ada.api.post(f"/deployments/{blue['id']}/sleep"))
    reply = world.ada.api.post(f"/endpoints/{NAME}/rollback", json={"to": 1})
    assert reply.status_code == 202, reply.text
    repeated = world.ada.api.post(f"/endpoints/{NAME}/rollback", json={"to": 1})
    assert repeated.json()["operation_id"] == reply.json()["operation_id"]
    assert world.ada.followed(reply, 120)["status"] == "succeeded"
    assert shown(world).json()["traffic"] == {"blue": 100}
    world.ada.followed(world.ada.api.post(f"/endpoints/{NAME}/rollback", json={"to": 2}))


def test_what_cannot_be_woken_sleeps_again_and_says_why(world, pair):
    blue, _ = pair
    world.ada.followed(world.ada.api.post(f"/deployments/{blue['id']}/sleep"))
    world.control.put("/quota", json={"standardDSv2Family": {"limit": 2}}).raise_for_status()
    operation = world.ada.followed(world.ada.api.post(f"/deployments/{blue['id']}/wake"))
    assert (operation["status"], operation["error"]["code"]) == ("failed", "quota_too_small")
    assert world.ada.detail(blue["id"])["status"] == "asleep"
    world.calm()
    woken = world.ada.followed(world.ada.api.post(f"/deployments/{blue['id']}/wake"), 120)
    assert woken["status"] == "succeeded"


def test_what_was_replaced_goes_to_sleep_and_what_expires_too(world):
    name = "short-lived"
    old = world.ada.active(endpoint_name=name, deployment_name="old", **AT_ONCE)
    new = world.ada.active(
        endpoint_name=name,
        deployment_name="new",
        keep_previous_minutes=0,
        expires_in_hours=1,
        on_expiry="sleep",
    )
    assert new["expires_at"]
    with world.database() as database:  # an hour later
        database.execute("update deployments set expires_at = now() where id = %s", (new["id"],))
    ids = [each["id"] for each in (old, new)]
    until(
        lambda: {world.ada.detail(each)["status"] for each in ids} == {"asleep"}, "both sleep", 180
    )
    told = {phase["phase"]: phase["message"] for phase in world.ada.detail(new["id"])["phases"]}
    assert "asked" in told["expire"]
    reason = until(lambda: shown(world, name).json()["reason"], "nobody serves")
    assert "asleep" in reason
    for each in (old, new):
        world.ada.delete(each["id"])
    assert name not in world.serving()[0]


def test_a_manual_release_stays_without_traffic(world, pair):
    assert pair
    red = world.ada.active(
        endpoint_name=NAME, deployment_name="red", release={"strategy": "manual"}
    )
    assert shown(world).json()["traffic"] == {"green": 100}
    assert red["revision"] == 3
    world.ada.delete(red["id"])
    assert shown(world).json()["traffic"] == {"green": 100}
    reused = world.ada.active(
        endpoint_name=NAME, deployment_name="red", release={"strategy": "manual"}
    )
    assert reused["revision"] == 4
    world.ada.delete(reused["id"])


@pytest.mark.parametrize(
    "release",
    [
        {"strategy": "canary", "steps": [50, 10]},
        {"strategy": "canary", "steps": []},
        {"strategy": "all_at_once", "steps": [50]},
        {"strategy": "shadow", "mirror_percent": 51},
        {"strategy": "big_bang"},
        {"strategy": "canary", "speed": 1},
    ],
)
def test_a_release_that_makes_no_sense_is_refused(world, release):
    body = {"model_id": world.ada.model(), "release": release}
    reply = world.ada.api.post("/deployments/deploy", json=body)
    assert reply.status_code == 422, reply.text
    assert "release" in reply.json()["error"]["message"]


def test_only_a_watched_release_can_be_steered(world, pair):
    for action in ("pause", "resume", "abort"):
        reply = world.ada.api.post(f"/deployments/{pair[0]['id']}/release/{action}")
        assert (reply.status_code, reply.json()["error"]["code"]) == (409, "no_release")


def test_every_new_route_is_its_owners_alone(world, pair):
    blue, _ = pair
    grace: httpx.Client = world.grace.api
    for path in (f"/deployments/{blue['id']}/sleep", f"/deployments/{blue['id']}/wake"):
        assert grace.post(path).status_code == 404
    assert grace.post(f"/endpoints/{NAME}/rollback").status_code == 404
    body = {"traffic": {"green": 100}}
    assert grace.put(f"/endpoints/{NAME}/traffic", json=body).status_code == 404
