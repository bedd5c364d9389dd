"""Supervision: child processes that are restarted when they die and never outlive the stack."""

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from devstack.ready import read_ready

START_TIMEOUT_SECONDS = 120
STOP_TIMEOUT_SECONDS = 10
LONGEST_PAUSE_SECONDS = 2
STEADY_SECONDS = 30
"""A service that ran this long before it died is restarted at once."""
_PR_SET_PDEATHSIG = 1


class ServiceFailedError(Exception):
    """A service did not come up; the message ends with the tail of its log."""


@dataclass
class Service:
    """One process: its command, its environment, and where it says that it is ready."""

    name: str
    command: list[str]
    environment: Mapping[str, str]
    ready_file: Path
    log_file: Path
    probe: Callable[[int], dict[str, Any] | None] | None = None
    """In place of a ready file, for programs that write none: its pid to its facts."""
    facts: dict[str, Any] = field(default_factory=dict)
    process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Returns when the service has written its ready file. Raises ServiceFailedError."""
        self.ready_file.unlink(missing_ok=True)
        self.log_file.parent.mkdir(parents=True, exist_ok=True)
        with self.log_file.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *self.command,
                env=dict(self.environment),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=_dying_with(os.getpid()),
            )
        deadline = time.monotonic() + START_TIMEOUT_SECONDS
        while (facts := self._ready(self.process.pid)) is None:
            if self.process.returncode is not None or time.monotonic() > deadline:
                raise ServiceFailedError(await self._why_it_is_not_up(self.process))
            await asyncio.sleep(0.02)
        self.facts = facts

    def _ready(self, pid: int) -> dict[str, Any] | None:
        return self.probe(pid) if self.probe else read_ready(self.ready_file)

    async def stop(self) -> None:
        if self.process is None or self.process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(self.process.wait(), STOP_TIMEOUT_SECONDS)
        except TimeoutError:
            self.process.kill()
            await self.process.wait()

    async def keep_alive(self, changed: Callable[[], Awaitable[None]]) -> None:
        """Restart for ever, with growing pauses; `changed` hears of each new pid."""
        pause = 0.0
        while True:
            watched = asyncio.get_running_loop().time()
            await self._watch(changed)
            if asyncio.get_running_loop().time() - watched > STEADY_SECONDS:
                pause = 0.0
            await asyncio.sleep(pause)
            pause = min(2 * pause + 0.25, LONGEST_PAUSE_SECONDS)
            with contextlib.suppress(ServiceFailedError):
                await self.start()
                await changed()

    async def _watch(self, changed: Callable[[], Awaitable[None]]) -> None:
        """Returns when the process ends; a rewritten ready file (a child's new pid) is news."""
        if self.process is None:
            return
        ended = asyncio.ensure_future(self.process.wait())
        while not ended.done():
            await asyncio.wait({ended}, timeout=0.25)
            facts = read_ready(self.ready_file)
            if facts and facts != self.facts:
                self.facts = facts
                await changed()

    async def _why_it_is_not_up(self, process: asyncio.subprocess.Process) -> str:
        if process.returncode is None:
            why = f"it was not ready within {START_TIMEOUT_SECONDS} s"
            await self.stop()
        else:
            why = f"it ended with exit code {process.returncode}"
        said = self._tail() or "It wrote nothing."
        return f"{self.name} did not start: {why}. The end of its log, {self.log_file}:\n{said}"

    def _tail(self, lines: int = 30) -> str:
        return "\n".join(self.log_file.read_text(errors="replace").splitlines()[-lines:])


def _dying_with(supervisor: int) -> Callable[[], None]:
    """For the child, before exec: if the supervisor is killed, so is this process (Linux).

    The supervisor may have died before the kernel was asked; then another one is the parent.
    Its pid says nothing else: in a container it is 1.
    """

    def ask_for_it() -> None:
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
            if os.getppid() != supervisor:
                os._exit(1)

    return ask_for_it
