"""One PostgreSQL server on a unix socket in a private folder: no TCP, no orphan."""

import asyncio
import ctypes
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg

from devstack.supabase_local.postgres.account import Account
from devstack.supabase_local.postgres.leftover import clear_leftover
from devstack.supabase_local.postgres.sockets import make_socket_folder

SUPERUSER = "supabase_admin"
DATABASE = "postgres"
PORT = 5432
START_SECONDS = 30.0
_SET_PARENT_DEATH_SIGNAL = 1

SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
    # Survives the death of a process, not of the machine: right for a local world, and fast.
    "fsync": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    # Statements and error details hold values; none of them belongs in a log.
    "log_min_messages": "fatal",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}


class PostgresFailedError(Exception):
    """PostgreSQL did not start; the message ends with what it said itself."""


class PostgresServer:
    def __init__(self, cluster: Path, binaries: Path, account: Account, state: Path) -> None:
        self.cluster, self.binaries, self.account = cluster, binaries, account
        self.log = state / "postgres.log"
        self.sockets = make_socket_folder(state / "sockets", account)
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int:
        return self._running().pid

    def conninfo(self, user: str) -> str:
        return psycopg.conninfo.make_conninfo(
            host=str(self.sockets), port=PORT, user=user, dbname=DATABASE
        )

    async def start(self) -> None:
        """Initialise if new, take over what an earlier run left, start, wait until it answers."""
        self._initialise()
        await clear_leftover(self.cluster)
        settings = {**SETTINGS, "unix_socket_directories": str(self.sockets)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                str(self.binaries / "postgres"),
                "-D",
                str(self.cluster),
                *options,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,
                preexec_fn=_die_with_parent(),
                **self.account.spawn_options(),
            )
        await self._wait_until_it_answers()

    async def wait(self) -> int:
        """The exit code, once the server has ended for whatever reason."""
        return await self._running().wait()

    async def stop(self) -> None:
        """End the server within about four seconds: politely first."""
        if self._process is not None:
            for request, seconds in ((signal.SIGINT, 2.5), (signal.SIGQUIT, 1.0)):
                if self._process.returncode is not None:
                    break
                self._process.send_signal(request)
                try:
                    await asyncio.wait_for(self._process.wait(), seconds)
                except TimeoutError:
                    continue
            if self._process.returncode is None:
                self._process.kill()
                await self._process.wait()
        shutil.rmtree(self.sockets, ignore_errors=True)

    def _running(self) -> asyncio.subprocess.Process:
        if self._process is None:
            raise PostgresFailedError("PostgreSQL has not been started.")
        return self._process

    def _initialise(self) -> None:
        if (self.cluster / "PG_VERSION").exists():
            return
        # A folder without PG_VERSION is an initialisation that was cut short.
        shutil.rmtree(self.cluster, ignore_errors=True)
        self.cluster.mkdir(mode=0o700)
        self.account.own(self.cluster)
        done = subprocess.run(
            [
                str(self.binaries / "initdb"),
                f"--pgdata={self.cluster}",
                f"--username={SUPERUSER}",
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--no-sync",
                "--no-instructions",
            ],
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            **self.account.spawn_options(),
        )
        if done.returncode != 0:
            raise PostgresFailedError(f"initdb failed on {self.cluster}:\n{done.stderr.strip()}")

    async def _wait_until_it_answers(self) -> None:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + START_SECONDS
        while True:
            if self._running().returncode is not None:
                raise PostgresFailedError(f"PostgreSQL ended while starting:\n{self._last_words()}")
            try:
                async with await psycopg.AsyncConnection.connect(self.conninfo(SUPERUSER)):
                    return
            except psycopg.OperationalError as error:
                if loop.time() > deadline:
                    raise PostgresFailedError(
                        f"PostgreSQL does not answer after {START_SECONDS:.0f} s: {error}"
                    ) from error
            await asyncio.sleep(0.02)

    def _last_words(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-10:])


def _die_with_parent() -> Callable[[], None] | None:
    """On Linux the kernel shuts PostgreSQL down when the gateway dies, however it dies."""
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)
    return lambda: libc.prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGINT)
