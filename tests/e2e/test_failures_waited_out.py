"""Azure ML's passing failures: waited out, and the deployment is active in the end."""

import pytest

from tests.support.scenarios import WAITED_OUT

ONCE = {"throttled": {"times": 1}}
"""A throttled service is asked once in 20 seconds; each further 429 only makes the test longer."""
LIKE_ANOTHER = ("backend_500", "backend_504_null")
"""Waited out by the rule of backend_502_html."""


@pytest.mark.parametrize(
    "scenario",
    [
        pytest.param(each, marks=[pytest.mark.exhaustive] if each in LIKE_ANOTHER else [])
        for each in WAITED_OUT
    ],
)
def test_a_passing_failure_is_waited_out(world, scenario):
    world.scenario(scenario, **ONCE.get(scenario, {}))
    found = world.ada.settled(world.ada.deploy()["deployment_id"], 180)
    assert found["status"] == "active", found["error_message"]
    world.ada.delete(found["id"])
