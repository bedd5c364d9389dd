"""How long a call to Supabase may take when the request that makes it has a deadline.

httpx counts each operation (a place in the pool, connecting, sending, reading) on its own, and a
request makes several calls. Here all of them share what is left of one request's time.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

import httpx

from shared.domain.deadline import Deadline

OPERATIONS = ("pool", "connect", "write", "read")
LEAST_SECONDS = 0.001
"""For the operation that begins when the time is just over: zero would mean not to wait at all."""

_deadline: ContextVar[Deadline | None] = ContextVar("deadline", default=None)


@contextmanager
def within(deadline: Deadline | None) -> Iterator[None]:
    """Calls to Supabase inside this context keep the deadline; None: the client's own time-outs."""
    before = _deadline.set(deadline)
    try:
        yield
    finally:
        _deadline.reset(before)


def keep_deadline(request: httpx.Request) -> None:
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
        return max(self._deadline.left, LEAST_SECONDS)

    def __iter__(self) -> Iterator[str]:
        return iter(OPERATIONS)

    def __len__(self) -> int:
        return len(OPERATIONS)
