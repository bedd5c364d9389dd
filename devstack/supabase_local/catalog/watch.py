"""Keeps the picture of the database current: looks anew whenever the database asks for it."""

import asyncio
import contextlib
import logging
import time

import psycopg

from devstack.supabase_local.catalog.load import load_catalog
from devstack.supabase_local.catalog.model import Catalog

CHANNEL = "pgrst"
RETRY_SECONDS = 0.2
FAULT_SECONDS = 5.0
FRESH_SECONDS = 1.0
log = logging.getLogger(__name__)


class CatalogWatch:
    def __init__(self, conninfo: str) -> None:
        self._conninfo = conninfo
        self.catalog = Catalog(schemas=("public",))
        self._task: asyncio.Task[None] | None = None
        self._one_look = asyncio.Lock()
        self._looked_at = 0.0

    async def start(self) -> None:
        await self.reload()
        self._task = asyncio.create_task(self._listen())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def look_again(self) -> bool:
        """For a request that misses something: a new picture, at most one a second."""
        if time.monotonic() - self._looked_at < FRESH_SECONDS:
            return False
        await self.reload()
        return True

    async def reload(self) -> None:
        async with self._one_look:  # or an older picture could replace a newer one
            await self._reload()
            self._looked_at = time.monotonic()

    async def _reload(self) -> None:
        async with await psycopg.AsyncConnection.connect(self._conninfo) as connection:
            # With nothing on the path PostgreSQL writes every type and default with its schema.
            await connection.execute("set search_path = ''")
            self.catalog = await load_catalog(connection)

    async def _listen(self) -> None:
        """`notify pgrst, 'reload schema'` or `'reload config'`: both mean to look again."""
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(
                    self._conninfo, autocommit=True
                ) as connection:
                    await connection.execute(f"listen {CHANNEL}")
                    # What changed while nobody listened.
                    await self.reload()
                    async for _ in connection.notifies():
                        await self.reload()
            except psycopg.Error as error:
                log.info("catalog_watch_interrupted sqlstate=%s", error.sqlstate)
            except Exception:  # of this gateway: the picture stays as it was until it is mended
                log.exception("catalog_not_read")
                await asyncio.sleep(FAULT_SECONDS)
            await asyncio.sleep(RETRY_SECONDS)
