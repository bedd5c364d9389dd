"""kill -9 of the functions host around every phase of serving: the deployment goes on there."""

import pytest

from tests.support.crash import chain, points
from tests.support.crash_matrix import survive_kills_of_a_deployment

pytestmark = pytest.mark.exhaustive

SERVING = (
    *chain("create_deployment", "verify_deployment", "shift_traffic", "finalize"),
    *points("finalize")[1:],
)


@pytest.mark.timeout(600)
def test_a_host_killed_around_it_makes_nothing_twice_and_ends_active(world):
    survive_kills_of_a_deployment(SERVING, world)
