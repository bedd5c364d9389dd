"""The door to PostgreSQL: every request is one transaction, run as the role of whoever asks."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

from psycopg import AsyncConnection, Rollback, sql
from psycopg.rows import TupleRow
from psycopg_pool import AsyncConnectionPool

from devstack.supabase_local.access import Caller

GATEWAY_USER, AUTH_USER, STORAGE_ROLE = (
    "authenticator",
    "supabase_auth_admin",
    "supabase_storage_admin",
)
STATEMENT_TIMEOUTS = {"anon": "3s", "authenticated": "8s"}
DEFAULT_TIMEOUT = "8s"
SEARCH_PATH = ("public", "extensions")
Connection = AsyncConnection[TupleRow]


class Database:
    def __init__(self, gateway_conninfo: str, auth_conninfo: str) -> None:
        self._gateway = _pool(gateway_conninfo, 10)
        self._auth = _pool(auth_conninfo, 4)

    async def open(self) -> None:
        for pool in (self._gateway, self._auth):
            await pool.open(wait=True, timeout=10)

    async def close(self) -> None:
        for pool in (self._gateway, self._auth):
            await pool.close(timeout=1)

    async def forget_broken_connections(self) -> None:
        """To be called when PostgreSQL has been restarted."""
        for pool in (self._gateway, self._auth):
            await pool.check()

    @asynccontextmanager
    async def as_caller(
        self,
        caller: Caller,
        *,
        read_only: bool = False,
        search_path: Sequence[str] = SEARCH_PATH,
        request: Mapping[str, str] | None = None,
    ) -> AsyncIterator[Connection]:
        """A transaction in which RLS sees `caller`; `request` adds settings to it."""
        settings = {
            "role": caller.role,
            "statement_timeout": STATEMENT_TIMEOUTS.get(caller.role, DEFAULT_TIMEOUT),
            "search_path": ", ".join(map(_quoted, search_path)),
            "request.jwt.claims": json.dumps(dict(caller.claims)),
            **(request or {}),
        }
        async with (
            self._gateway.connection() as connection,
            _transaction(connection, settings, read_only=read_only),
        ):
            yield connection

    @asynccontextmanager
    async def as_storage(self) -> AsyncIterator[Connection]:
        """The storage service's own view, which RLS does not restrict: buckets, signed URLs."""
        settings = {"role": STORAGE_ROLE, "search_path": "storage"}
        async with (
            self._gateway.connection() as connection,
            _transaction(connection, settings, read_only=False),
        ):
            yield connection

    @asynccontextmanager
    async def as_auth(self) -> AsyncIterator[Connection]:
        async with self._auth.connection() as connection, connection.transaction():
            yield connection


def _quoted(schema: str) -> str:
    return '"{}"'.format(schema.replace('"', '""'))


def _pool(conninfo: str, size: int) -> AsyncConnectionPool[Connection]:
    return AsyncConnectionPool(
        conninfo,
        min_size=1,
        max_size=size,
        timeout=10,
        open=False,
        kwargs={"autocommit": True, "prepare_threshold": None},
    )


@asynccontextmanager
async def _transaction(
    connection: Connection, settings: Mapping[str, str], *, read_only: bool
) -> AsyncIterator[None]:
    """Local settings end with the transaction, so that nothing leaks into the next request.

    It begins and is set up in one round trip, which is half the time of a small request.
    `psycopg.Rollback` undoes it and goes no further.
    """
    begin = sql.SQL("begin read only" if read_only else "begin")
    calls = [
        sql.SQL("set_config({}, {}, true)").format(sql.Literal(name), sql.Literal(value))
        for name, value in settings.items()
    ]
    await connection.execute(sql.SQL("{}; select {}").format(begin, sql.SQL(", ").join(calls)))
    try:
        yield
    except BaseException as error:
        if not connection.closed:
            await connection.execute("rollback")
        if not isinstance(error, Rollback):
            raise
    else:
        await connection.execute("commit")
