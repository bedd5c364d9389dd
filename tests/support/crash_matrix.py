"""One operation that loses its functions host at each of some points, four around a phase."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import httpx

from devstack.seed import iris_classifier
from tests.support.crash import Point, Told, come_to, hold, puts, release, timeline
from tests.support.world import World, dumped


def kill_at_each(ahead: Sequence[Point], world: World, begin: Callable[[], str]) -> None:
    """`begin` returns the id of the operation that comes to these points.

    Each point is held until the kill, so that none can be missed without a failure.
    """
    before: Counter[Told] = Counter()
    hold(world, ahead[0])
    try:
        operation_id = begin()
        for point, following in zip(ahead, [*ahead[1:], None], strict=True):
            come_to(world, point, operation_id)
            old = world.kill("functions_host")
            told = timeline(world, operation_id)
            assert point.present is None or told[point.present], f"{point}: {told}"
            if absent := point.absent:
                assert told[absent] == before[absent], f"{point} was passed: {told}"
            hold(world, following) if following else release(world)
            world.restarted("functions_host", old)
            before = told
    finally:
        release(world)


def survive_kills_of_a_deployment(ahead: Sequence[Point], world: World) -> None:
    ada, begun = world.ada, list[str]()
    model = ada.upload(dumped(iris_classifier()), "crashing")
    world.control.delete("/calls").raise_for_status()

    def begin() -> str:
        name = f"crash-{ahead[0].phase.replace('_', '-')}"
        accepted = ada.deploy(model, endpoint_name=name, deployment_name="blue")
        begun.append(accepted["deployment_id"])
        return begun[0]

    kill_at_each(ahead, world, begin)
    assert_whole(world, begun[0])
    ada.delete(begun[0])


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
    ahead: Sequence[Point], world: World, begin: Callable[[], httpx.Response]
) -> dict[str, Any]:
    """The operation as it has ended in spite of the kills."""
    replies = list[httpx.Response]()

    def ask() -> str:
        replies.append(begin())
        assert replies[0].status_code == 202, replies[0].text
        return replies[0].headers["Location"].rpartition("/")[2]

    kill_at_each(ahead, world, ask)
    return world.ada.followed(replies[0], 180)
