"""Open connections by client address, so that one can be cut: ASGI itself offers no way to."""

import asyncio
from typing import Any

from starlette.types import Scope
from uvicorn.protocols.http.h11_impl import H11Protocol

_open: dict[tuple[str, int], asyncio.Transport] = {}


class CuttableProtocol(H11Protocol):
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        _open[_peer(transport)] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        _open.pop(_peer(self.transport), None)
        super().connection_lost(exc)


def drop_connection(scope: Scope) -> None:
    """Cut it without a word, as a broken network would."""
    transport = _open.get(tuple(scope["client"]))
    if transport is not None:
        transport.abort()


def _peer(transport: Any) -> tuple[str, int]:
    host, port = transport.get_extra_info("peername")[:2]
    return str(host), int(port)
