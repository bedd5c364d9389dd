"""Starts one part of the local world as its own process, for tests that need no other part."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from devstack.ready import read_ready
from tests.support.world import ROOT, until

START_SECONDS = 90


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
        yield until(facts, f"{name} is up", START_SECONDS)
    finally:
        process.terminate()
        process.wait(timeout=60)
