"""kill -9 of the functions host around every phase of staging: the deployment goes on there."""

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.support.crash import chain, hold_answer, points, release, rows, timeline
from tests.support.crash_matrix import assert_whole, survive_kills_of_a_deployment
from tests.support.world import until

pytestmark = pytest.mark.exhaustive

STAGING = (
    chain("verify_workspace", "prepare_model", "register_model", "create_deployment"),
    points("create_endpoint", "create_deployment"),
)
"""The endpoint is opened while the model is staged."""


@pytest.mark.parametrize("ahead", STAGING, ids=("the model", "the endpoint"))
def test_a_host_killed_around_it_makes_nothing_twice_and_ends_active(world, ahead):
    survive_kills_of_a_deployment(ahead, world)


def test_a_request_whose_host_is_killed_before_it_is_begun_is_begun_by_the_next(world):
    ada = world.ada
    world.control.delete("/calls").raise_for_status()
    hold_answer(world, "/rpc/request_deployment$")
    try:
        with ThreadPoolExecutor(1) as aside:
            asked = aside.submit(ada.deploy, endpoint_name="crash-accepted", deployment_name="blue")
            row = until(lambda: row_on(world, "crash-accepted"), "the row is there")
            old = world.kill("functions_host")
            with pytest.raises(httpx.TransportError):
                asked.result(30)
    finally:
        release(world)
    assert row["status"] == "deploying"
    assert not timeline(world, row["id"]), "no orchestration has been started yet"
    world.restarted("functions_host", old)
    assert_whole(world, row["id"])
    ada.delete(row["id"])


def row_on(world, endpoint: str) -> dict[str, str] | None:
    """The host does not know of it yet."""
    found = rows(world, "deployments", endpoint_name=f"eq.{endpoint}", status="neq.deleted")
    return found[0] if found else None
