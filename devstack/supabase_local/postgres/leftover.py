"""What a server leaves behind when its gateway dies: a process, a pid file."""

import asyncio
import contextlib
import os
import signal
import subprocess
from pathlib import Path

STOP_SECONDS = 1.5


class StubbornServerError(Exception):
    def __init__(self, pid: int, cluster: Path) -> None:
        super().__init__(
            f"PostgreSQL (pid {pid}) still runs on {cluster} and does not stop. "
            "End it by hand and start again."
        )


async def clear_leftover(cluster: Path) -> None:
    """Stop the server that still runs on `cluster`, if any, and remove its pid file."""
    pid_file = cluster / "postmaster.pid"
    try:
        lines = pid_file.read_text().splitlines()
    except FileNotFoundError:
        return
    pid = int(lines[0]) if lines and lines[0].strip().lstrip("-").isdigit() else 0
    if pid > 0:
        await _stop(pid, cluster)
    pid_file.unlink(missing_ok=True)


async def _stop(pid: int, cluster: Path) -> None:
    for request in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if not _runs_on(pid, cluster):
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, request)
        deadline = asyncio.get_running_loop().time() + STOP_SECONDS
        while asyncio.get_running_loop().time() < deadline:
            if not _runs_on(pid, cluster):
                return
            await asyncio.sleep(0.02)
    raise StubbornServerError(pid, cluster)


def _runs_on(pid: int, cluster: Path) -> bool:
    """Whether `pid` is a PostgreSQL server of this very cluster: process ids are reused."""
    command = _command_line(pid)
    return "postgres" in command and str(cluster) in command


def _command_line(pid: int) -> str:
    """Empty when there is no such process, or only its zombie."""
    if Path("/proc/self/cmdline").exists():
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        except (FileNotFoundError, ProcessLookupError):
            return ""
    shown = subprocess.run(
        ["ps", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return shown.stdout
