"""One running local Supabase: brought up in order, watched, taken down in order."""

import asyncio
import contextlib
import fcntl
import logging
import os
import signal
from pathlib import Path
from typing import IO, Any

from devstack.ready import write_ready
from devstack.supabase_local.access import Access
from devstack.supabase_local.auth.refresh_tokens import RefreshTokens
from devstack.supabase_local.auth.sessions import Issuer
from devstack.supabase_local.bootstrap import bootstrap
from devstack.supabase_local.catalog.watch import CatalogWatch
from devstack.supabase_local.database import AUTH_USER, GATEWAY_USER, Database
from devstack.supabase_local.gateway import Services
from devstack.supabase_local.keys import load_or_create_keys, save_keys
from devstack.supabase_local.migrations import apply_migrations
from devstack.supabase_local.postgres.account import choose_account
from devstack.supabase_local.postgres.places import choose_cluster_folder, find_binaries
from devstack.supabase_local.postgres.server import (
    DATABASE,
    PORT,
    SUPERUSER,
    PostgresFailedError,
    PostgresServer,
)
from devstack.supabase_local.storage.files import Files

OWNER = "postgres"
"""Runs the migrations and owns what they make, as on a hosted project."""
RESTARTS, RESTART_PAUSE = 5, 0.5
log = logging.getLogger(__name__)


class StateInUseError(Exception):
    def __init__(self, state: Path) -> None:
        super().__init__(
            f"Another local Supabase runs on {state}. Stop it, or choose another --state."
        )


class Project:
    def __init__(
        self,
        migrations: Path,
        state: Path,
        ready_file: Path | None,
        url: str,
        token_lifetime: int,
        *,
        anonymous_sign_ins: bool = True,
    ) -> None:
        """Raises StateInUseError, NoAccountError, BinariesMissingError."""
        state.mkdir(parents=True, exist_ok=True)
        self.migrations, self.state, self.ready_file, self.url = migrations, state, ready_file, url
        self._lock = _lock(state)
        self._keys_file = state / "keys.json"
        self.keys = load_or_create_keys(self._keys_file)
        account = choose_account()
        cluster = choose_cluster_folder(state.absolute(), self.keys.instance, account)
        self.postgres = PostgresServer(cluster, find_binaries(account), account, state)
        self.services = Services(
            Database(self.postgres.conninfo(GATEWAY_USER), self.postgres.conninfo(AUTH_USER)),
            CatalogWatch(self.postgres.conninfo(SUPERUSER)),
            Access(self.keys),
            Issuer(url, token_lifetime, RefreshTokens(self.keys.storage_secret)),
            Files(state / "storage"),
            self._rotate_keys,
            anonymous_sign_ins=anonymous_sign_ins,
        )
        self._watcher: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Raises PostgresFailedError, MigrationFailedError and their kin; then call `stop`."""
        if self.ready_file:
            self.ready_file.unlink(missing_ok=True)
        await self.postgres.start()
        await asyncio.to_thread(bootstrap, self.postgres.conninfo(SUPERUSER))
        applied = await asyncio.to_thread(
            apply_migrations, self.postgres.conninfo(OWNER), self.migrations
        )
        for name in applied:
            log.info("migration_applied file=%s", name)
        await self.services.database.open()
        await self.services.watch.start()
        await self._forget_unfinished_uploads()
        self._watcher = asyncio.create_task(self._keep_postgres_running())
        self._say_ready()

    async def stop(self) -> None:
        if self._watcher is not None:
            self._watcher.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watcher
        await self.services.watch.stop()
        await self.services.database.close()
        await self.postgres.stop()
        if self.ready_file:
            self.ready_file.unlink(missing_ok=True)
        self._lock.close()

    def facts(self) -> dict[str, Any]:
        """What the ready file says."""
        return {
            "url": self.url,
            "publishable_key": self.keys.publishable,
            "secret_key": self.keys.secret,
            "anon_key": self.keys.legacy_anon,
            "service_role_key": self.keys.legacy_service_role,
            "jwks_url": f"{self.url}/auth/v1/.well-known/jwks.json",
            "database": {
                "host": str(self.postgres.sockets),
                "port": PORT,
                "user": OWNER,
                "name": DATABASE,
            },
            "pid": os.getpid(),
            "postgres_pid": self.postgres.pid,
        }

    def _say_ready(self) -> None:
        write_ready(self.ready_file, self.facts())
        log.info("ready url=%s postgres_pid=%s", self.url, self.postgres.pid)

    async def _keep_postgres_running(self) -> None:
        """Start it again when it dies; when it will not start any more, end the gateway too."""
        while True:
            code = await self.postgres.wait()
            log.warning("postgres_died exit_code=%s", code)
            if not await self._restarted():
                log.error("postgres_does_not_start attempts=%s", RESTARTS)
                signal.raise_signal(signal.SIGTERM)
                return
            await self.services.database.forget_broken_connections()
            self._say_ready()

    async def _restarted(self) -> bool:
        for _ in range(RESTARTS):
            try:
                await self.postgres.start()
            except PostgresFailedError as error:
                log.warning("postgres_did_not_start reason=%s", error)
                await asyncio.sleep(RESTART_PAUSE)
            else:
                return True
        return False

    def _rotate_keys(self) -> None:
        self.keys.key_ring = self.keys.key_ring.rotated()
        save_keys(self._keys_file, self.keys)

    async def _forget_unfinished_uploads(self) -> None:
        async with self.services.database.as_storage() as connection:
            cursor = await connection.execute("select version from storage.objects")
            self.services.files.keep_only(row[0] for row in await cursor.fetchall() if row[0])


def _lock(state: Path) -> IO[str]:
    """Held as long as the file is open; the kernel lets go of it however the process ends."""
    file = (state / "lock").open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise StateInUseError(state) from None
    return file
