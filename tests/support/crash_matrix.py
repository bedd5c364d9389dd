"""One operation that loses its functions host four times around one phase."""

from collections.abc import Callable

import httpx

from devstack.seed import iris_classifier
from tests.support.crash import come_to, hold, points, puts, release, timeline
from tests.support.world import World, dumped


def survive_kills_around(phase: str, world: World) -> None:
    """Each point is held until the kill, so that none can be missed without a failure."""
    ada, ahead = world.ada, points(phase)
    model = ada.upload(dumped(iris_classifier()), "crashing")
    world.control.delete("/calls").raise_for_status()
    hold(world, ahead[0])
    try:
        accepted = ada.deploy(
            model, endpoint_name=f"crash-{phase.replace('_', '-')}", deployment_name="blue"
        )
        deployment_id = accepted["deployment_id"]
        for point, following in zip(ahead, [*ahead[1:], None], strict=True):
            come_to(world, point, deployment_id)
            old = world.kill("functions_host")
            told = timeline(world, deployment_id)
            assert point.present is None or told[point.present], f"{point}: {told}"
            assert point.absent is None or not told[point.absent], f"{point} was passed: {told}"
            hold(world, following) if following else release(world)
            world.restarted("functions_host", old)
    finally:
        release(world)
    assert_whole(world, deployment_id)
    ada.delete(deployment_id)


def assert_whole(world: World, deployment_id: str) -> None:
    """Active, answering, and nothing of it made or told twice."""
    found = world.ada.settled(deployment_id)
    assert found["status"] == "active", found["error_message"]
    assert {phase["status"] for phase in found["phases"]} == {"succeeded"}
    told = timeline(world, deployment_id)
    assert all(times == 1 for (_, status), times in told.items() if status == "succeeded"), told
    reply = world.ada.score(deployment_id)
    assert reply.json() == [0]
    endpoint, resources = found["endpoint_name"], world.resources()
    assert [e["name"] for e in resources["endpoints"]].count(endpoint) == 1
    assert [d["name"] for d in resources["deployments"] if d["endpoint"] == endpoint] == ["blue"]
    assert [
        model["version"]
        for model in resources["models"]
        if model["name"] == found["azure_model_name"]
    ] == [found["azure_model_version"]]
    made = puts(world)
    assert made.pop(f"onlineEndpoints/{endpoint}") == 2, "one to create, one for the traffic"
    assert made[f"onlineEndpoints/{endpoint}/deployments/blue"] == 1
    assert set(made.values()) == {1}, made


def survive_kills_of_a_change(
    phase: str, world: World, deployment_id: str, begin: Callable[[], httpx.Response]
) -> str:
    """How the operation of a living deployment has ended in spite of four kills."""
    ahead = points(phase)
    hold(world, ahead[0])
    try:
        reply = begin()
        assert reply.status_code == 202, reply.text
        for point, following in zip(ahead, [*ahead[1:], None], strict=True):
            come_to(world, point, deployment_id)
            old = world.kill("functions_host")
            hold(world, following) if following else release(world)
            world.restarted("functions_host", old)
    finally:
        release(world)
    return str(world.ada.followed(reply, 180)["status"])
