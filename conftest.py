"""What every test of the product and of the local world shares."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from pytest_socket import disable_socket, enable_socket

# The same examples on every machine, however busy it is: a red run means a change, not the weather.
settings.register_profile(
    "suite", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("suite")


@pytest.fixture(autouse=True)
def _no_sockets(request: pytest.FixtureRequest) -> Iterator[None]:
    """Unit tests open no socket; what needs one belongs to another folder of tests."""
    if "unit" not in request.path.parts:
        yield
        return
    disable_socket(allow_unix_socket=True)
    yield
    enable_socket()
