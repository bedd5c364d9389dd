"""kill -9 of the functions host around every phase of an update: it is made once, or undone."""

from collections.abc import Sequence
from typing import Any

import pytest

from tests.support.crash import Point, chain, points, timeline
from tests.support.crash_matrix import survive_kills_of_a_change
from tests.support.world import World

pytestmark = pytest.mark.exhaustive

FORWARD = ("verify_update", "change_variables", "set_autoscale", "scale_deployment", "keep_update")
CHANGE = {
    "environment_variables": {"NEW": "1"},
    "autoscale": {"min": 2, "max": 3},
    "instance_count": 2,
}
"""The count is autoscale's least: what autoscale does meanwhile is not asked for a second time."""


def survive_kills_around(
    ahead: Sequence[Point], world: World, deployment_id: str, **change: object
) -> dict[str, Any]:
    return survive_kills_of_a_change(
        ahead,
        world,
        lambda: world.ada.api.patch(f"/deployments/{deployment_id}", json=change),
    )


def written(world: World) -> list[tuple[str, str]]:
    """Method and last part of every change asked of Azure Resource Manager."""
    calls = world.control.get("/calls").raise_for_status().json()
    return [
        (call["method"], call["path"].rpartition("/")[2])
        for call in calls
        if call["method"] in ("PUT", "PATCH") and call["service"] == "arm"
    ]


@pytest.mark.timeout(600)
def test_a_host_killed_around_it_changes_nothing_twice(world):
    found = world.ada.active(deployment_name="blue")
    world.control.delete("/calls").raise_for_status()
    ahead = [*chain(*FORWARD), *points("keep_update")[1:]]
    ended = survive_kills_around(ahead, world, found["id"], **CHANGE)
    assert ended["status"] == "succeeded", ended["error"]
    told = timeline(world, ended["id"])
    assert all(told[name, "succeeded"] == 1 for name in FORWARD), told
    asked = written(world)
    assert asked.count(("PUT", "blue")) == 1, asked
    assert asked.count(("PATCH", "blue")) <= 1, asked
    now = world.ada.detail(found["id"])
    assert (now["instance_count"], now["autoscale"]["max"]) == (2, 3)
    assert now["environment_variables"] == {"NEW": "1"}
    assert world.ada.score(found["id"]).status_code == 200
    world.ada.delete(found["id"])


def test_a_host_killed_around_the_way_back_leaves_it_as_it_was(world):
    found = world.ada.active(deployment_name="blue", environment_variables={"OLD": "1"})
    world.scenario("container_crash")
    change = {"environment_variables": {"NEW": "1"}}
    ended = survive_kills_around(points("restore_deployment"), world, found["id"], **change)
    assert ended["status"] == "failed"
    assert timeline(world, ended["id"])["restore_deployment", "succeeded"] == 1
    now = world.ada.detail(found["id"])
    assert (now["status"], now["environment_variables"]) == ("active", {"OLD": "1"})
    assert world.ada.score(found["id"]).status_code == 200
    world.ada.delete(found["id"])
