"""How a job and its open files reach a process that was started before them: over a socket pair."""

import json
import socket
from pathlib import Path
from typing import Any


def send(channel: socket.socket, job: dict[str, Any], model: Path, artifact: Path) -> None:
    """Hand on the right to read the one file and to write the other, which is made.

    OSError: the process has gone, or does not read.
    """
    with model.open("rb") as file, artifact.open("x+b") as out:
        socket.send_fds(channel, [b"\0"], [file.fileno(), out.fileno()])
    channel.sendall(json.dumps(job).encode())
    channel.shutdown(socket.SHUT_WR)


def receive(
    channel: socket.socket, timeout_seconds: float
) -> tuple[dict[str, Any], int, int] | None:
    """The job, the model's and the artifact's descriptors; None when nothing came in time."""
    channel.settimeout(timeout_seconds)
    try:
        _, files, _, _ = socket.recv_fds(channel, 1, 2)
    except TimeoutError:
        return None
    if len(files) != 2:
        return None
    channel.settimeout(None)
    with channel.makefile("rb") as message:
        return json.loads(message.read()), files[0], files[1]
