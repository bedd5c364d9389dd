"""kill -9 of the functions host inside a watched release: each step is taken once, or undone."""

import pytest

from tests.support.crash import chain, points, timeline
from tests.support.crash_matrix import kill_at_each
from tests.support.world import until

pytestmark = pytest.mark.exhaustive

PLACE = {"endpoint_name": "crash-release", "keep_previous_minutes": None}
CANARY = {"strategy": "canary", "steps": [20], "step_minutes": 0.05, "on_silence": "go_on"}
FORWARD = (
    *chain("set_autoscale", "step_release", "watch_release", "step_release"),
    *points("step_release", "finalize")[1:],
)
"""The second step gives the new revision everything."""


@pytest.fixture(scope="module")
def old(session_world):
    """It has all the traffic, before each test and after it."""
    found = session_world.ada.active(deployment_name="old", **PLACE)
    yield found
    session_world.ada.delete(found["id"])


def puts(world):
    """Last part of every PUT to Azure Resource Manager."""
    calls = world.control.get("/calls").raise_for_status().json()
    return [
        call["path"].rpartition("/")[2]
        for call in calls
        if call["method"] == "PUT" and call["service"] == "arm"
    ]


@pytest.mark.timeout(600)
def test_a_release_takes_every_step_once(world, old):
    ada = world.ada
    begun: list[str] = []

    def begin():
        wanted = {"release": CANARY, "autoscale": {"min": 1, "max": 2}}
        begun.append(ada.deploy(deployment_name="new", **PLACE, **wanted)["deployment_id"])
        return begun[0]

    world.control.delete("/calls").raise_for_status()
    kill_at_each(FORWARD, world, begin)
    found = ada.settled(begun[0])
    assert found["status"] == "active", found["error"]
    told = timeline(world, found["id"])
    assert (told["step_release", "succeeded"], told["watch_release", "succeeded"]) == (2, 1)
    assert not [word for word in told if word[1] == "failed"]
    asked = puts(world)
    assert (asked.count("new"), asked.count("crash-release")) == (1, 2), asked
    moves = ada.api.get("/endpoints/crash-release").json()["moves"]
    its_own = [move["traffic"] for move in moves if move["operation_id"] == found["id"]]
    assert its_own == [{"new": 100}, {"new": 20, "old": 80}]
    back = ada.followed(ada.api.post("/endpoints/crash-release/rollback"))
    assert back["status"] == "succeeded", back["error"]
    ada.delete(found["id"])


def test_a_release_that_is_aborted_goes_back_once(world, old):
    ada, begun = world.ada, []

    def begin():
        canary = {"strategy": "canary", "steps": [20], "step_minutes": 30}
        new = ada.deploy(deployment_name="bad", release=canary, **PLACE)["deployment_id"]
        begun.append(new)
        until(lambda: timeline(world, new)["step_release", "succeeded"], "the first step")
        assert ada.api.post(f"/deployments/{new}/release/abort").status_code == 202
        return new

    ahead = chain("withdraw_traffic", "remove_deployment", "remove_endpoint")
    kill_at_each(ahead, world, begin)
    found = ada.settled(begun[0])
    assert (found["status"], found["error"]["code"]) == ("failed", "release_aborted")
    endpoint = ada.api.get("/endpoints/crash-release").json()
    assert endpoint["traffic"] == {"old": 100}
    assert [move["traffic"] for move in endpoint["moves"][:2]] == [
        {"old": 100},
        {"bad": 20, "old": 80},
    ]
    there = [d["name"] for d in world.resources()["deployments"]]
    assert "bad" not in there
    assert ada.score(old["id"]).json() == [0]
