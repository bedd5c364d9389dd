"""Starts one part of the local world as its own process, for tests that need no other part."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from devstack.ready import read_ready

ROOT = Path(__file__).parents[2]
START_SECONDS = 90
Found = TypeVar("Found")


def eventually(check: Callable[[], Found | None], what: str, seconds: float = 60) -> Found:
    """The first truthy answer of `check`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := check():
            return found
        time.sleep(0.05)
    raise AssertionError(f"{what}: not within {seconds} seconds")


@contextmanager
def running_part(name: str, home: Path, *options: str) -> Iterator[dict[str, Any]]:
    """`devstack.<name>` with its state below `home`, until the end; what its ready file says."""
    home.mkdir(parents=True, exist_ok=True)
    ready, log = home / "ready.json", home / "log"
    command = [sys.executable, "-m", f"devstack.{name}", *options]
    command += ["--state", str(home / "state"), "--ready-file", str(ready)]
    with log.open("ab") as stream:
        process = subprocess.Popen(command, stdout=stream, stderr=stream, cwd=ROOT)

    def facts() -> dict[str, Any] | None:
        assert process.poll() is None, f"{name} did not start:\n{log.read_text()}"
        return read_ready(ready)

    try:
        yield eventually(facts, name, START_SECONDS)
    finally:
        process.terminate()
        process.wait(timeout=60)
