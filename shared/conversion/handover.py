"""How a job and its open file reach a process that was started before them: over a socket pair."""

import socket
from pathlib import Path

from shared.conversion.job import Job


def send(channel: socket.socket, job: Job, model: Path) -> None:
    """Hand on the right to read this one file. OSError: the process has gone, or does not read."""
    with model.open("rb") as file:
        socket.send_fds(channel, [b"\0"], [file.fileno()])
    channel.sendall(job.model_dump_json().encode())
    channel.shutdown(socket.SHUT_WR)


def receive(channel: socket.socket, patience_seconds: float) -> tuple[Job, int] | None:
    """The job and its file's descriptor; None when the app has gone or sent nothing in time."""
    channel.settimeout(patience_seconds)
    try:
        _, files, _, _ = socket.recv_fds(channel, 1, 1)
    except TimeoutError:
        return None
    if not files:
        return None
    channel.settimeout(None)
    with channel.makefile("rb") as message:
        return Job.model_validate_json(message.read()), files[0]
