"""Loopback listeners: the only kind that the local world opens."""

import errno
import socket

HOST = "127.0.0.1"


class PortInUseError(Exception):
    """Another process listens there already; the message names the port and the way out."""

    def __init__(self, port: int, purpose: str) -> None:
        super().__init__(
            f"Port {port} ({purpose}) is in use. "
            "Stop what listens there, or choose others with --port-base."
        )
        self.port = port


def listen(port: int, purpose: str) -> socket.socket:
    """A listening TCP socket on 127.0.0.1; port 0 takes a free one. Raises PortInUseError."""
    # The protocol is named so that asyncio knows TCP and sends small answers at once (TCP_NODELAY).
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise PortInUseError(port, purpose) from None
        raise
    listener.listen(1024)
    return listener


def port_of(listener: socket.socket) -> int:
    port: int = listener.getsockname()[1]
    return port
