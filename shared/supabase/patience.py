"""How long a call to Supabase may take when the request that makes it has a deadline.

httpx counts each operation (a place in the pool, connecting, sending, reading) on its own, and a
request makes several calls. Here all of them share what is left of one request's time.
"""

from collections.abc import Iterator, Mapping

import httpx

from shared.deadline import Deadline

OPERATIONS = ("pool", "connect", "write", "read")
LEAST_SECONDS = 0.001
"""For the operation that begins when the time is just over: zero would mean not to wait at all."""


class WithinDeadline(httpx.BaseTransport):
    """One request's way over a shared client, with its pool and the environment's proxies."""

    def __init__(self, shared: httpx.Client, deadline: Deadline) -> None:
        self._shared, self._deadline = shared, deadline

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if not self._deadline.left:
            raise httpx.PoolTimeout("the request's time is over", request=request)
        request.extensions["timeout"] = _TimeLeft(self._deadline)
        return self._shared.send(request, stream=True)


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
