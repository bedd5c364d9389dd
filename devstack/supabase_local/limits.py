"""How much of requests and replies is in memory at once, whatever rows and clients hold."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from devstack.supabase_local.connections import drop_connection

MEGABYTE = 1 << 20
MOST_REQUEST, MOST_REPLY = 16 * MEGABYTE, 16 * MEGABYTE
"""Of one REST request and reply."""
MOST_DOCUMENT = 1 * MEGABYTE
"""Of a JSON body that the auth and storage services read."""
SMALL = 1 * MEGABYTE
"""What is smaller needs no leave."""
LARGE_REQUESTS = 4
"""Read and written at once; others wait their turn."""
MOST_UNSENT = 64 * MEGABYTE
"""Of large replies whose clients have not read them yet."""
SEND_SECONDS = 60.0
CHUNK = 1 << 16


class TooLargeError(Exception):
    """A request's body is larger than what the service reads."""

    def __init__(self, most: int) -> None:
        super().__init__(f"The body is larger than {most >> 20} MB, the most that is read here.")


async def read_body(request: Request, most: int) -> bytes:
    """The body, however often it is asked for. Raises TooLargeError, before or while reading."""
    if hasattr(request.state, "body"):
        kept: bytes = request.state.body
        return kept
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > most:
        raise TooLargeError(most)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            raise TooLargeError(most)
    request.state.body = bytes(body)
    return bytes(body)


class Memory:
    """Large requests take turns; large replies wait to be read only up to a bound."""

    def __init__(self, most_unsent: int = MOST_UNSENT) -> None:
        self._turns = asyncio.Semaphore(LARGE_REQUESTS)
        self._most_unsent = most_unsent
        self.unsent = 0

    @contextlib.asynccontextmanager
    async def for_request(self, headers: Mapping[str, str]) -> AsyncIterator[None]:
        declared = headers.get("content-length", "0")
        chunked = "transfer-encoding" in headers
        if not chunked and declared.isdigit() and int(declared) <= SMALL:
            yield
            return
        async with self._turns:
            yield

    def for_reply(self, response: Response) -> Response | None:
        """What sends it; None when too much waits to be read already."""
        size = len(response.body)
        if size <= SMALL:
            return response
        if self.unsent + size > self._most_unsent:
            return None
        self.unsent += size
        return _LargeReply(response, self)


class _LargeReply(Response):
    """Sent piece by piece, as fast as it is read; cut off after SEND_SECONDS."""

    def __init__(self, response: Response, memory: Memory) -> None:
        self.response, self.memory = response, memory

    async def __call__(self, scope: Scope, _: Receive, send: Send) -> None:
        body = memoryview(self.response.body)
        start = {
            "type": "http.response.start",
            "status": self.response.status_code,
            "headers": self.response.raw_headers,
        }
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await send(start)
                for place in range(0, len(body), CHUNK):
                    piece = bytes(body[place : place + CHUNK])
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
                await send({"type": "http.response.body", "body": b"", "more_body": False})
        except TimeoutError:
            drop_connection(scope)
        finally:
            self.memory.unsent -= len(body)
