"""Watched releases over the real host: the service's own metrics decide who serves."""

import time

import pytest

from tests.support.world import until

CANARY = {"strategy": "canary", "steps": [20], "step_minutes": 0.6, "min_requests": 20}
FOR_EVER = {"keep_previous_minutes": None}
POLL_SECONDS = 30


def observe(world, endpoint, deployment, count, **facts):
    """Requests that the service has measured in this minute and the one before."""
    one = {"endpoint": endpoint, "deployment": deployment, "count": count, "minutes": 2, **facts}
    world.control.put("/metrics", json={"requests": [one]}).raise_for_status()


def traffic(world, endpoint):
    return world.ada.api.get(f"/endpoints/{endpoint}").json()["traffic"]


def told(world, deployment_id, phase):
    phases = world.ada.detail(deployment_id)["phases"]
    return next((each["message"] for each in phases if each["phase"] == phase), "")


def released(world, endpoint, release, **wanted):
    """`new` beside an active `old`, once its first step is done; its id."""
    world.ada.active(endpoint_name=endpoint, deployment_name="old", **FOR_EVER)
    new = world.ada.deploy(
        endpoint_name=endpoint, deployment_name="new", release=release, **FOR_EVER, **wanted
    )["deployment_id"]
    until(lambda: "Traffic:" in told(world, new, "step_release"), "the first step", 180)
    return new


@pytest.fixture
def clear(world):
    """Every deployment of these endpoints goes when the test has ended."""
    names = []
    yield names
    for name in names:
        for revision in world.ada.api.get(f"/endpoints/{name}").json()["revisions"]:
            world.ada.api.delete(f"/deployments/{revision['deployment_id']}")
    until(lambda: not set(names) & world.serving()[0], "the endpoints go", 120)


def test_a_good_canary_gets_everything_with_the_numbers_that_decided(world, clear):
    clear.append("canary-good")
    new = released(world, "canary-good", CANARY)
    assert traffic(world, "canary-good") == {"new": 20, "old": 80}
    blocked = world.ada.api.put("/endpoints/canary-good/traffic", json={"traffic": {"old": 100}})
    assert blocked.json()["error"]["code"] == "release_running"
    observe(world, "canary-good", "new", 100, latency_ms=20)
    observe(world, "canary-good", "old", 400, latency_ms=20)
    found = world.ada.settled(new)
    assert found["status"] == "active", found["error"]
    assert "20 %: good." in told(world, new, "watch_release")
    assert "p95" in told(world, new, "watch_release")
    assert traffic(world, "canary-good") == {"new": 100}


def test_a_bad_canary_is_back_within_a_poll_and_says_why(world, clear):
    clear.append("canary-bad")
    new = released(world, "canary-bad", {**CANARY, "step_minutes": 30, "on_failure": "keep"})
    observe(world, "canary-bad", "old", 400, latency_ms=20)
    observe(world, "canary-bad", "new", 90, latency_ms=20)
    observe(world, "canary-bad", "new", 10, latency_ms=20, status=424, model_status=500)
    shown = time.monotonic()
    found = world.ada.settled(new)
    assert time.monotonic() - shown < 2 * POLL_SECONDS
    assert (found["status"], found["error"]["code"]) == ("failed", "release_rejected")
    assert "% of its answers were errors; at most 1 % were allowed" in found["error"]["message"]
    assert traffic(world, "canary-bad") == {"old": 100}
    there = [d["name"] for d in world.resources()["deployments"] if d["endpoint"] == "canary-bad"]
    assert sorted(there) == ["new", "old"], "kept for its log, as asked"


def test_a_release_is_paused_resumed_and_aborted(world, clear):
    clear.append("canary-steered")
    new = released(world, "canary-steered", CANARY)

    def steer(action):
        reply = world.ada.api.post(f"/deployments/{new}/release/{action}")
        assert reply.status_code == 202, reply.text

    steer("pause")
    until(lambda: "Paused" in told(world, new, "watch_release"), "it is paused", 60)
    steer("resume")
    until(lambda: "Resumed" in told(world, new, "watch_release"), "it goes on", 60)
    steer("abort")
    found = world.ada.settled(new)
    assert (found["status"], found["error"]["code"]) == ("failed", "release_aborted")
    assert traffic(world, "canary-steered") == {"old": 100}


def test_a_shadow_gets_copies_and_then_everything(world, clear):
    clear.append("shadowed")
    shadow = {"strategy": "shadow", "minutes": 0.6, "mirror_percent": 30, "min_requests": 5}
    new = released(world, "shadowed", shadow)
    found = world.ada.api.get("/endpoints/shadowed").json()
    assert (found["traffic"], found["mirror"]) == ({"old": 100}, {"new": 30})
    observe(world, "shadowed", "new", 50, latency_ms=20)
    observe(world, "shadowed", "old", 100, latency_ms=20)
    settled = world.ada.settled(new)
    assert settled["status"] == "active", settled["error"]
    found = world.ada.api.get("/endpoints/shadowed").json()
    assert (found["traffic"], found["mirror"]) == ({"new": 100}, {})
