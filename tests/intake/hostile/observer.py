"""A process that began with a secret in its environment, as an endpoint's worker does.

It runs `observe` for the test that started it: a fork of the test's own process would have begun
without the secret, so /proc/self/environ could not show it, walls or none.
"""

import base64
import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Self

from tests.intake.hostile import walls
from tests.intake.hostile.walls import SECRET, VARIABLE, Traces, World, observe

PLACES = {place.__name__: place for place in (walls.freely, walls.in_sandbox, walls.at_endpoint)}
ROOT = Path(__file__).parents[3]


class Observer:
    """The test's side. A context manager; `folder` is the world's, and holds models/."""

    def __init__(self, folder: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env={**os.environ, VARIABLE: SECRET},
            text=True,
        )
        self.deeds: dict[str, str] = self._told()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def observe(self, place: walls.Place, data: bytes) -> Traces:
        """As walls.observe, in a fork of the process that began with the secret."""
        assert self._process.stdin
        job = {"place": place.__name__, "data": base64.b64encode(data).decode()}
        print(json.dumps(job), file=self._process.stdin, flush=True)
        told = self._told()
        return Traces(**{**told, "files": tuple(told["files"])})

    def _told(self) -> dict:
        assert self._process.stdout
        line = self._process.stdout.readline()
        assert line, f"the observer ended with {self._process.wait()}"
        return json.loads(line)


def main() -> None:
    """argv: the world's folder. A line of JSON for the deeds, then one for each line that comes."""
    import pandas  # noqa: F401  once, for all forks
    import sklearn.pipeline  # noqa: F401

    with socket.create_server(("127.0.0.1", 0)) as listener:
        world = World(Path(sys.argv[1]), listener)
        print(json.dumps(walls.deeds(world)), flush=True)
        for line in sys.stdin:
            job = json.loads(line)
            traces = observe(PLACES[job["place"]], base64.b64decode(job["data"]), world)
            print(json.dumps(vars(traces)), flush=True)


if __name__ == "__main__":
    main()
