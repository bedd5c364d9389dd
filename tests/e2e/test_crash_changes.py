"""kill -9 of the functions host while an endpoint is changed: it happens once, and to the end."""

import pytest

from tests.support.crash import points, timeline
from tests.support.crash_matrix import survive_kills_of_a_change

pytestmark = pytest.mark.exhaustive

STAYS = {"keep_previous_minutes": None}


@pytest.fixture
def pair(world, request):
    """Blue and green on an endpoint of the test's own; green has all the traffic."""
    name = f"crash-{request.node.originalname.split('_')[1]}"
    both = [
        world.ada.active(endpoint_name=name, deployment_name=each, **STAYS)
        for each in ("blue", "green")
    ]
    yield name, *both
    for each in both:
        world.ada.delete(each["id"])


def traffic(world, name):
    return world.ada.api.get(f"/endpoints/{name}").json()["traffic"]


def puts(world, name):
    """Which changes of this endpoint and its deployments were asked of Azure."""
    calls = world.control.get("/calls").raise_for_status().json()
    return [
        call["path"].partition("/onlineEndpoints/")[2]
        for call in calls
        if call["method"] == "PUT" and f"/onlineEndpoints/{name}" in call["path"]
    ]


def test_moving_traffic_is_asked_once(world, pair):
    name, _, _ = pair
    world.control.delete("/calls").raise_for_status()
    split = {"traffic": {"green": 70, "blue": 30}}
    ended = survive_kills_of_a_change(
        points("move_traffic"),
        world,
        lambda: world.ada.api.put(f"/endpoints/{name}/traffic", json=split),
    )
    assert (ended["status"], traffic(world, name)) == ("succeeded", split["traffic"])
    assert puts(world, name) == [name]
    moves = world.ada.api.get(f"/endpoints/{name}").json()["moves"]
    assert [move["traffic"] for move in moves].count(split["traffic"]) == 1


def test_rolling_back_to_what_sleeps_wakes_it_once(world, pair):
    name, blue, _ = pair
    world.ada.followed(world.ada.api.post(f"/deployments/{blue['id']}/sleep"))
    world.control.delete("/calls").raise_for_status()
    ended = survive_kills_of_a_change(
        [*points("recall_recipe", "create_endpoint"), *points("move_traffic")],
        world,
        lambda: world.ada.api.post(f"/endpoints/{name}/rollback"),
    )
    assert (ended["status"], traffic(world, name)) == ("succeeded", {"blue": 100})
    assert puts(world, name).count(f"{name}/deployments/blue") == 1
    assert world.ada.score(blue["id"]).json() == [0]


def test_waking_in_vain_ends_asleep_and_says_why(world, pair):
    _, blue, _ = pair
    world.ada.followed(world.ada.api.post(f"/deployments/{blue['id']}/sleep"))
    world.scenario("container_crash")
    ended = survive_kills_of_a_change(
        points("return_to_sleep"),
        world,
        lambda: world.ada.api.post(f"/deployments/{blue['id']}/wake"),
    )
    found = world.ada.detail(blue["id"])
    assert (ended["status"], found["status"], found["error"]["code"]) == (
        "failed",
        "asleep",
        "container_crashed",
    )
    assert timeline(world, ended["id"])["return_to_sleep", "succeeded"] == 1


def test_sleeping_leaves_nothing_that_costs(world, pair):
    name, blue, _ = pair
    ended = survive_kills_of_a_change(
        points("remove_deployment"),
        world,
        lambda: world.ada.api.post(f"/deployments/{blue['id']}/sleep"),
    )
    assert (ended["status"], world.ada.detail(blue["id"])["status"]) == ("succeeded", "asleep")
    there = [d["name"] for d in world.resources()["deployments"] if d["endpoint"] == name]
    assert there == ["green"]
