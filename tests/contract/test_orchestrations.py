"""One suite, two implementations of Orchestrations: ids in memory, and the durable client's."""

import asyncio
import threading
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from azure.durable_functions import DurableOrchestrationClient

from devstack.functions_host.durable.links import Links
from shared.adapters.durable import DurableOrchestrations
from shared.errors.waiting import StartFailed
from shared.ports.orchestrations import Orchestrations
from tests.support.orchestrations_fake import OrchestrationsFake
from tests.support.parts import running_part
from tests.support.records import row, run_of
from tests.support.world import ROOT, until

pytestmark = pytest.mark.contract
APP = ROOT / "tests" / "support" / "orchestrations_app"
ORCHESTRATOR, RUN = "wait_for_end", run_of(row())
NOBODY = "http://127.0.0.1:9"


class World(NamedTuple):
    orchestrations: Orchestrations
    out_of_reach: Orchestrations
    end: Callable[[str], None]
    """Let a living one come to its end."""


@pytest.fixture(scope="module")
def durable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The app's own adapter over a running host, called from a thread beside the client's loop."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    async def over(url: str) -> DurableOrchestrations:
        binding = Links("Contract", "key").client_binding(url)
        return DurableOrchestrations(DurableOrchestrationClient(binding))

    def adapter(url: str) -> DurableOrchestrations:
        return asyncio.run_coroutine_threadsafe(over(url), loop).result(10)

    home: Path = tmp_path_factory.mktemp("orchestrations")
    with running_part("functions_host", home, "--app", str(APP), "--port", "0") as host:
        found = adapter(host["url"])

        def end(instance_id: str) -> None:
            found.raise_event(instance_id, "end", "now")
            until(lambda: not found.is_living(instance_id), "the end", 60)

        yield World(found, adapter(NOBODY), end)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@pytest.fixture(params=["memory", "durable"])
def world(request: pytest.FixtureRequest) -> World:
    if request.param == "durable":
        found: World = request.getfixturevalue("durable")
        return found
    fake = OrchestrationsFake()
    return World(fake, OrchestrationsFake(out_of_reach=True), fake.end)


@pytest.fixture
def instance() -> str:
    return str(uuid.uuid4())


def test_what_was_started_lives_until_it_ends_and_stays_known(world: World, instance: str) -> None:
    port = world.orchestrations
    assert (port.is_known(instance), port.is_living(instance)) == (False, False)
    port.start(ORCHESTRATOR, instance, RUN)
    port.start(ORCHESTRATOR, instance, RUN)
    assert (port.is_known(instance), port.is_living(instance)) == (True, True)
    world.end(instance)
    assert (port.is_known(instance), port.is_living(instance)) == (True, False)


def test_what_has_ended_begins_again(world: World, instance: str) -> None:
    for _ in range(2):
        world.orchestrations.start(ORCHESTRATOR, instance, RUN)
        assert world.orchestrations.is_living(instance)
        world.end(instance)


def test_only_what_lives_is_told_something(world: World, instance: str) -> None:
    port = world.orchestrations
    with pytest.raises(StartFailed):
        port.raise_event(instance, "pause", "now")
    port.start(ORCHESTRATOR, instance, RUN)
    port.raise_event(instance, "pause", "now")
    assert port.is_living(instance)
    world.end(instance)
    with pytest.raises(StartFailed):
        port.raise_event(instance, "pause", "now")


def test_a_host_that_does_not_answer_is_told(world: World, instance: str) -> None:
    away = world.out_of_reach
    for ask in (
        lambda: away.start(ORCHESTRATOR, instance, RUN),
        lambda: away.raise_event(instance, "pause", "now"),
        lambda: away.is_living(instance),
        lambda: away.is_known(instance),
    ):
        with pytest.raises(StartFailed):
            ask()
