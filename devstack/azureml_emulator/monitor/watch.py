"""The minutes as they pass: what lives is noted, and autoscale looks at what was measured."""

import asyncio
import datetime as dt
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path

from devstack.azureml_emulator.arm.records import Resources
from devstack.azureml_emulator.arm.skus import SKUS
from devstack.azureml_emulator.clock import MINUTE, Clock
from devstack.azureml_emulator.monitor.samples import MINUTES_KEPT, Samples, State
from devstack.azureml_emulator.serving.fleet import Fleet

log = logging.getLogger(__name__)

LOOK_SECONDS = 30
"""How often autoscale looks; the service does so every 30 to 60 seconds."""
PAGE_BYTES = 4096

Look = Callable[[], Awaitable[None]]


class Watch:
    """`look` is autoscale's, called after each step of the clock."""

    def __init__(
        self, clock: Clock, samples: Samples, resources: Resources, fleet: Fleet, look: Look
    ) -> None:
        self._clock = clock
        self._samples = samples
        self._resources = resources
        self._fleet = fleet
        self._look = look
        self._noted = clock.minute() - MINUTE
        self._turn = asyncio.Lock()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self.step(0)
            await asyncio.sleep(LOOK_SECONDS)

    async def advance(self, seconds: float) -> None:
        """Move the clock minute by minute, so that nothing in between is passed over."""
        while seconds > 0:
            await self.step(min(seconds, MINUTE.total_seconds()))
            seconds -= MINUTE.total_seconds()

    async def step(self, seconds: float) -> None:
        async with self._turn:
            if seconds:
                self._clock.advance(seconds)
            try:
                self.note()
                await self._look()
            except Exception:
                log.exception("looking at the minute broke; the next one is tried again")

    def note(self) -> None:
        """The minute that is, and every one since the last note, get the state of what lives."""
        now = self._clock.minute()
        minute = max(self._noted + MINUTE, now - dt.timedelta(minutes=MINUTES_KEPT))
        minutes = []
        while minute < now:
            minutes.append(minute)
            minute += MINUTE
        for deployment in self._resources.deployments.all():
            container = self._fleet.container(deployment.endpoint, deployment.name)
            if container is None or not deployment.provisioned:
                continue
            gigabytes = SKUS[deployment.instance_type.lower()].memory_gb
            state = State(deployment.instances, memory_percent(container.pid, gigabytes))
            for each in (*minutes, now):
                self._samples.note_state(deployment.endpoint, deployment.name, each, state)
        self._noted = max(self._noted, now - MINUTE)


def memory_percent(pid: int | None, gigabytes: float) -> float | None:
    """Resident memory of a server and its workers, of an instance's; None where it is unknown."""
    if pid is None:
        return None
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        pages = sum(
            int(Path(f"/proc/{each}/statm").read_text().split()[1]) for each in (pid, *children)
        )
    except OSError:
        return None
    return round(100 * pages * PAGE_BYTES / (gigabytes * 2**30), 3)
