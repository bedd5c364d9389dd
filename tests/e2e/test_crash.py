"""kill -9 of the functions host around every phase of staging: the deployment goes on there."""

import pytest

from tests.support.crash_matrix import survive_kills_around

STAGING = ("verify_workspace", "prepare_model", "register_model", "create_endpoint")


@pytest.mark.parametrize("phase", STAGING)
def test_a_host_killed_around_it_makes_nothing_twice_and_ends_active(world, phase):
    survive_kills_around(phase, world)
