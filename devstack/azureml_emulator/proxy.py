"""The CONNECT proxy: tunnels to the emulator's own TLS listener for the hosts it serves.

Fails closed: any other host is refused and counted, so nothing ever reaches the real cloud.
"""

import asyncio
import contextlib
import logging
import socket
from collections import Counter
from collections.abc import Callable

from devstack.loopback import HOST

log = logging.getLogger(__name__)

HEAD_LIMIT = 16 * 1024
HEAD_SECONDS = 10
CHUNK = 64 * 1024


class TunnelProxy:
    def __init__(self, serves: Callable[[str], bool], front_port: int) -> None:
        self._serves = serves
        self._front_port = front_port
        self._server: asyncio.Server | None = None
        self._clients: dict[int, asyncio.StreamWriter] = {}
        self.refused_hosts: Counter[str] = Counter()

    async def start(self, listener: socket.socket) -> None:
        self._server = await asyncio.start_server(self._accept, sock=listener, limit=HEAD_LIMIT)

    async def stop(self) -> None:
        if self._server is None:
            return
        self._server.close()
        for client in list(self._clients.values()):
            client.transport.abort()

    def drop(self, front_peer_port: int) -> None:
        """Cut the tunnel that reaches the front listener from this local port, without a reply."""
        client = self._clients.get(front_peer_port)
        if client is not None:
            client.transport.abort()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            host = await self._requested_host(reader)
            if host is None:
                await _refuse(writer, "405 Method Not Allowed", "This proxy only tunnels HTTPS.")
            elif not self._serves(host):
                self.refused_hosts[host] += 1
                log.warning("refused %s: not a host of the emulated Azure", host)
                await _refuse(writer, "403 Forbidden", f"{host} is not emulated here.")
            else:
                await self._tunnel(reader, writer)
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            log.debug("tunnel ended early", exc_info=True)
        finally:
            writer.close()

    @staticmethod
    async def _requested_host(reader: asyncio.StreamReader) -> str | None:
        async with asyncio.timeout(HEAD_SECONDS):
            head = await reader.readuntil(b"\r\n\r\n")
        method, _, rest = head.split(b"\r\n", 1)[0].decode("latin-1").partition(" ")
        host, _, port = rest.partition(" ")[0].rpartition(":")
        return host.lower() if method == "CONNECT" and port == "443" else None

    async def _tunnel(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        front_reader, front_writer = await asyncio.open_connection(HOST, self._front_port)
        local_port: int = front_writer.get_extra_info("sockname")[1]
        self._clients[local_port] = writer
        try:
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            await writer.drain()
            pumps = [
                asyncio.create_task(_pump(reader, front_writer)),
                asyncio.create_task(_pump(front_reader, writer)),
            ]
            try:
                await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for pump in pumps:
                    pump.cancel()
        finally:
            del self._clients[local_port]
            front_writer.close()


async def _pump(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while chunk := await source.read(CHUNK):
            target.write(chunk)
            await target.drain()


async def _refuse(writer: asyncio.StreamWriter, status: str, reason: str) -> None:
    body = reason.encode()
    writer.write(
        f"HTTP/1.1 {status}\r\nContent-Type: text/plain\r\nContent-Length: {len(body)}\r\n"
        "Connection: close\r\n\r\n".encode()
        + body
    )
    await writer.drain()
