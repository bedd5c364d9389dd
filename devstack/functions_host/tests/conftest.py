from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from devstack.functions_host.tests.support.host import FunctionsHost


@pytest.fixture(scope="session")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FunctionsHost]:
    """One running host for all tests that do not end it."""
    running = FunctionsHost(tmp_path_factory.mktemp("functions_host")).start(LEVEL="from-process")
    yield running
    assert running.stop() == 0, running.log()


@pytest.fixture
def new_host(tmp_path: Path) -> Iterator[Callable[..., FunctionsHost]]:
    """Hosts of the test's own, to be killed and started again."""
    made: list[FunctionsHost] = []

    def make(**options: object) -> FunctionsHost:
        directory = tmp_path / str(len(made))
        directory.mkdir()
        made.append(FunctionsHost(directory, **options))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for host in made:
        if host.process and host.process.poll() is None:
            host.kill()
