"""One connection pool per process, and light clients over it: one per trust.

A client with an httpx client of its own costs an SSL context, 50 ms; over the shared pool it costs
less than one. No client is ever signed in, so none keeps a session that another request could meet.

httpx counts each operation (a place in the pool, connecting, sending, reading) on its own, and a
request makes several calls: where it has a deadline, all of them share what is left of its time.
"""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import TYPE_CHECKING

import httpx
from pydantic import SecretStr

from shared.config import Settings
from shared.domain.deadline import Deadline

if TYPE_CHECKING:
    from supabase import Client

TRANSFER_SECONDS = 60.0
"""How long one read or write of a file transfer may stall."""
MAX_CONNECTIONS = 64
_OPERATIONS = ("pool", "connect", "write", "read")
_LEAST_SECONDS = 0.001
"""For the operation that begins when the time is just over: zero would mean not to wait at all."""

_deadline: ContextVar[Deadline | None] = ContextVar("deadline", default=None)
_building = threading.Lock()


class SupabaseConnection:
    """The project's URL, keys and connection pools. Shared by threads."""

    def __init__(self, settings: Settings) -> None:
        self._url = settings.supabase
        self._publishable, self._secret = settings.supabase_anon_key, settings.supabase_service_key
        timeout = settings.supabase_timeout_seconds
        # Connecting and then waiting for the reply together stay within the time-out.
        queries = httpx.Timeout(timeout * 3 / 4, connect=timeout / 4, pool=timeout / 4)
        transfers = httpx.Timeout(TRANSFER_SECONDS, connect=timeout, pool=timeout)
        trusted = httpx.create_ssl_context()
        limits = httpx.Limits(max_connections=MAX_CONNECTIONS, keepalive_expiry=30)
        self._queries = httpx.Client(
            timeout=queries,
            verify=trusted,
            limits=limits,
            event_hooks={"request": [_keep_deadline]},
        )
        self.transfers = httpx.Client(timeout=transfers, verify=trusted, limits=limits)

    def as_user(self, token: SecretStr) -> "Client":
        """Row level security sees this user."""
        return self._client(self._publishable, self._queries, token)

    def as_service(self) -> "Client":
        """Sees all rows."""
        return self._client(self._secret, self._queries)

    def for_files(self) -> "Client":
        """As the service, with the time-outs that files need."""
        return self._client(self._secret, self.transfers)

    def _client(
        self, key: SecretStr, http: httpx.Client, token: SecretStr | None = None
    ) -> "Client":
        from supabase.lib.client_options import SyncClientOptions

        from supabase import create_client

        authorization = (token or key).get_secret_value()
        options = SyncClientOptions(
            # Where no user speaks, this equals the key, which Supabase takes as "no user".
            headers={"Authorization": f"Bearer {authorization}"},
            auto_refresh_token=False,
            persist_session=False,
            postgrest_client_retry=False,  # the caller decides: a user waits, an activity retries
            httpx_client=http,
        )
        return create_client(self._url, key.get_secret_value(), options)


@cache
def _connection(settings: Settings) -> SupabaseConnection:
    return SupabaseConnection(settings)


def connection_to(settings: Settings) -> SupabaseConnection:
    """The process's one connection to the project that these settings name."""
    with _building:
        return _connection(settings)


@contextmanager
def within(deadline: Deadline | None) -> Iterator[None]:
    """Calls to Supabase inside this context keep the deadline; None: the client's own time-outs."""
    before = _deadline.set(deadline)
    try:
        yield
    finally:
        _deadline.reset(before)


def _keep_deadline(request: httpx.Request) -> None:
    """An event hook of the one client that all requests share."""
    deadline = _deadline.get()
    if deadline is None:
        return
    if not deadline.left:
        raise httpx.PoolTimeout("the request's time is over", request=request)
    request.extensions["timeout"] = _TimeLeft(deadline)


class _TimeLeft(Mapping[str, float]):
    """httpx's time-outs; each is what is left at the moment when its operation begins."""

    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline

    def __getitem__(self, operation: str) -> float:
        return max(self._deadline.left, _LEAST_SECONDS)

    def __iter__(self) -> Iterator[str]:
        return iter(_OPERATIONS)

    def __len__(self) -> int:
        return len(_OPERATIONS)
