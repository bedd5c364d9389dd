"""kill -9 of the functions host around every phase of serving: the deployment goes on there."""

import pytest

from tests.support.crash_matrix import survive_kills_around

SERVING = ("create_deployment", "verify_deployment", "shift_traffic", "finalize")


@pytest.mark.parametrize("phase", SERVING)
def test_a_host_killed_around_it_makes_nothing_twice_and_ends_active(world, phase):
    survive_kills_around(phase, world)
