"""Supabase slow, failing or away: requests are told so soon, running deployments lose nothing."""

import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import httpx
import pytest

from tests.support.crash import order, release
from tests.support.world import IRIS_ROW

READS = ("/deployments/list", "/deployments/stats")
LIMIT_SECONDS = 6
"""A request's own four seconds, and room for a busy machine; two deadlines in a row last longer."""


@pytest.fixture
def outage(world):
    """Make Supabase misbehave: a list of faults; it is well again afterwards."""
    yield partial(order, world)
    release(world)


def fault(path_regex: str, times: int = 1000, **what) -> dict:
    return {"match": {"path_regex": path_regex}, "times": times, **what}


@pytest.mark.parametrize(
    "what", [{"delay_seconds": 30}, {"status": 503}, {"drop_connection": True}],
    ids=["slow", "503", "away"],
)  # fmt: skip
@pytest.mark.parametrize("path", READS)
def test_a_read_answers_503_with_a_fix_in_time(world, outage, what, path):
    outage(fault("^/rest/v1/", **what))
    begun = time.monotonic()
    reply = world.ada.api.get(path)
    assert time.monotonic() - begun < LIMIT_SECONDS
    assert reply.status_code == 503
    assert reply.json()["error"]["code"] == "supabase_unavailable"
    assert reply.json()["error"]["fix"]
    assert int(reply.headers["retry-after"]) > 0


@pytest.fixture
def crowd(world):
    """Ada in many windows at once."""
    with httpx.Client(
        base_url=world.facts["functions_url"],
        headers={"Authorization": f"Bearer {world.ada.token}"},
        timeout=30,
        limits=httpx.Limits(max_connections=None),
    ) as client:
        yield client


def seconds_until_503(client: httpx.Client, path: str) -> float:
    begun = time.monotonic()
    reply = client.get(path)
    took = time.monotonic() - begun
    assert reply.status_code == 503, (took, reply.text)
    assert reply.json()["error"]["fix"]
    return took


@pytest.mark.parametrize("path", READS)
def test_a_slow_call_leaves_the_next_only_the_rest_of_the_requests_time(crowd, outage, path):
    outage(
        fault("/rpc/count_request", delay_seconds=2.5),
        fault("^/rest/v1/", delay_seconds=30),
    )
    assert seconds_until_503(crowd, path) < LIMIT_SECONDS


@pytest.mark.parametrize("seconds", [30, 2.9])
@pytest.mark.parametrize("callers", [40, 120])
def test_many_callers_at_once_are_all_told_in_time(crowd, outage, seconds, callers):
    """Also those for whom no thread is free."""
    outage(fault("^/rest/v1/", delay_seconds=seconds))
    with ThreadPoolExecutor(callers) as pool:
        took = list(pool.map(lambda n: seconds_until_503(crowd, READS[n % 2]), range(callers)))
    assert max(took) < LIMIT_SECONDS


def test_the_app_says_that_it_is_up_while_all_its_threads_wait(world, crowd, outage):
    outage(fault("^/rest/v1/", delay_seconds=30))
    with ThreadPoolExecutor(60) as pool:
        waiting = [pool.submit(seconds_until_503, crowd, READS[0]) for _ in range(60)]
        begun = time.monotonic()
        assert world.ada.api.get("/healthz").status_code == 200
        assert time.monotonic() - begun < 3, "sooner than any thread is free again"
        assert max(one.result() for one in waiting) < LIMIT_SECONDS


def test_a_running_deployment_retries_its_writes_and_loses_none(world, outage):
    outage(
        fault("/rpc/record_event", times=4, status=503),
        fault("/rpc/move_deployment", times=2, status=503),
    )
    found = world.ada.active()
    told = {(phase["phase"], phase["status"]) for phase in found["phases"]}
    assert told == {
        (phase, "succeeded")
        for phase in (
            "verify_workspace", "prepare_model", "register_model", "create_endpoint",
            "create_deployment", "verify_deployment", "shift_traffic", "finalize",
        )
    }  # fmt: skip
    reply = world.ada.api.post(f"/deployments/{found['id']}/score", json={"data": [IRIS_ROW]})
    assert reply.json() == [0]
    world.ada.delete(found["id"])


def test_storage_that_fails_during_the_download_is_asked_again(world, outage):
    outage(fault("^/storage/v1/object/models/", times=2, status=503))
    found = world.ada.active()
    prepared = next(phase for phase in found["phases"] if phase["phase"] == "prepare_model")
    assert prepared["status"] == "succeeded"
    world.ada.delete(found["id"])
