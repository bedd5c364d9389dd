"""One local world for all end-to-end tests; each leaves Azure ML as it found it."""

import pytest

from tests.support.world import running_world


@pytest.fixture(scope="session")
def session_world(tmp_path_factory):
    with running_world(tmp_path_factory.mktemp("world")) as world:
        yield world


@pytest.fixture
def world(session_world):
    yield session_world
    session_world.calm()


def pytest_collection_modifyitems(items):
    for item in items:
        item.add_marker(pytest.mark.e2e)
        item.add_marker(pytest.mark.timeout(300))
