"""One process for deployments that would run the same, so that a small machine can hold many."""

from devstack.azureml_emulator.serving.containers import Container

IDLE = 4
"""Processes that wait for the next deployment of their kind; more are stopped, the oldest first."""


class Sharing:
    """Which processes wait for a deployment that would run the same as their last one."""

    def __init__(self) -> None:
        self.enabled = False
        self._idle: dict[str, Container] = {}

    async def turn(self, enabled: bool) -> None:
        """From now on deployments share processes, or each has its own again."""
        self.enabled = enabled
        if not enabled:
            await self.close()

    def take(self, run: str) -> Container | None:
        """A process that runs this and has no deployment; it is the caller's then."""
        return self._idle.pop(run, None)

    async def leave(self, run: str, container: Container) -> None:
        """The last deployment of this process is gone: it waits for the next, or is stopped."""
        if not self.enabled or run in self._idle:
            await container.stop()
            return
        self._idle[run] = container
        if len(self._idle) > IDLE:
            await self._idle.pop(next(iter(self._idle))).stop()

    async def close(self) -> None:
        while self._idle:
            await self._idle.popitem()[1].stop()
