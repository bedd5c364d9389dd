"""Listeners, readiness and an orderly end: what runs the world as a process."""

import asyncio
import fcntl
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import uvicorn
from starlette.types import ASGIApp

from devstack.azureml_emulator.latency import Latency
from devstack.azureml_emulator.world import World
from devstack.loopback import listen, port_of
from devstack.ready import write_ready

GRACE_SECONDS = 1
KEEP_ALIVE_SECONDS = 75
"""Longer than SDK clients pause between polls, so that they rarely find a closed connection."""


class StateInUseError(Exception):
    """Another emulator runs on the same state directory."""

    def __init__(self, state: Path) -> None:
        super().__init__(f"Another emulator uses {state}. Stop it, or choose another --state.")


class _Server(uvicorn.Server):
    """Signals are this module's: several servers share one loop."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(
    *,
    state: Path,
    ready_file: Path | None,
    environments: Path,
    latency: Latency,
    proxy_port: int,
    control_port: int,
    front_port: int,
) -> None:
    """Run until SIGTERM or SIGINT. Raises PortInUseError or StateInUseError before it starts."""
    claim = claim_state(state)
    proxy_listener = listen(proxy_port, "Azure ML emulator: proxy")
    control_listener = listen(control_port, "Azure ML emulator: control")
    front_listener = listen(front_port, "Azure ML emulator: Azure's hosts")
    world = World(state, environments, latency, port_of(front_listener))
    certificates = world.certificates
    front = _Server(
        _config(
            world.front,
            ssl_certfile=str(certificates.server_chain),
            ssl_keyfile=str(certificates.server_key),
        )
    )
    control = _Server(_config(world.control))
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    async with world.running(), asyncio.TaskGroup() as tasks:
        tasks.create_task(front.serve(sockets=[front_listener]))
        tasks.create_task(control.serve(sockets=[control_listener]))
        await world.proxy.start(proxy_listener)
        write_ready(ready_file, world.facts(port_of(proxy_listener), port_of(control_listener)))
        await stopping.wait()
        await world.proxy.stop()
        front.should_exit = control.should_exit = True
    claim.close()


def claim_state(state: Path) -> IO[str]:
    """Lock a state directory for as long as the returned file is open; the kernel frees it."""
    state.mkdir(parents=True, exist_ok=True, mode=0o700)
    claim = (state / "lock").open("w")
    try:
        fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        claim.close()
        raise StateInUseError(state) from None
    return claim


def _config(app: ASGIApp, **options: str) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        lifespan="off",
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
        **options,  # type: ignore[arg-type]
    )
