"""What a hostile file reaches where nothing judges it: a folder, a port, a process, a secret.

`observe` runs one file in a child process, in one of the places below, and looks at the world
afterwards. The scan and the graph check are left out here, never in production.
"""

import contextlib
import faulthandler
import io
import os
import pickle
import resource
import select
import signal
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import joblib

from serving.walls.confine import confine
from serving.walls.endpoint import give_up
from shared.adapters.conversion.inside.convert import Failed, convert
from shared.adapters.conversion.scan.decompress import unpacked
from tests.intake.hostile import opcodes as op

SECRET = "hush-3f1c"
VARIABLE = "IDENTITY_HEADER"
TOLD = 200
"""The descriptor that a deed writes to: the log of a worker, which stays open."""
CPU_SECONDS, WALL_SECONDS, MEMORY_BYTES = 4, 60, 4 << 30


@dataclass(frozen=True)
class World:
    """Where deeds leave traces. `folder` holds models/ and, outside of it, everything else."""

    folder: Path
    listener: socket.socket

    @property
    def port(self) -> int:
        return self.listener.getsockname()[1]


@dataclass(frozen=True)
class Traces:
    """What was found afterwards; the empty one is what a wall leaves."""

    environment: bool = False
    files: tuple[str, ...] = ()
    connected: bool = False
    outlived: bool = False


NONE = Traces()
Place = Callable[[bytes, World], None]


def deeds(world: World) -> dict[str, str]:
    """Python code that a file would like to run, each leaving one of the traces."""
    read = f"import os; os.write({TOLD}, os.environ.get({VARIABLE!r}, '').encode())"
    began = f"import os; os.write({TOLD}, open('/proc/self/environ', 'rb').read())"
    outside = str(world.folder / "written")
    connect = f"import socket; socket.create_connection(('127.0.0.1', {world.port}), 2)"
    return {
        "reads the environment": read,
        "reads what the process began with": began,
        "writes outside": f"open({outside!r}, 'w')",
        "writes beside its model": f"open({str(world.folder / 'models' / 'new')!r}, 'w')",
        "connects": connect,
        "runs a program": f"import os; os.system('touch {outside}')",
        "stays": "import os, time; os.fork() or time.sleep(30)",
    }


def spelled(code: str) -> dict[str, bytes]:
    """The code in pickles of several kinds, all of which a plain unpickler runs."""
    text, run = op.text(code), op.name("builtins", "exec")
    called = op.call(run, text)
    return {
        "REDUCE": op.pickle(called),
        "GLOBAL": op.pickle(op.call(op.old_name("builtins", "exec"), text), protocol=2),
        "INST": op.pickle(op.MARK, text, b"ibuiltins\nexec\n", protocol=2),
        "OBJ": op.pickle(op.MARK, op.name("builtins", "dict"), b"o", op.POP, called),
        "a frame": op.pickle(op.framed(called), protocol=5),
        "dropped": op.pickle(called, op.POP, op.model()),
    }


def freely(data: bytes, _: World) -> None:
    """Without any wall: what a deed does at all."""
    pickle.loads(data)


def in_sandbox(data: bytes, world: World) -> None:
    """As the conversion's process would, had the scan let everything pass."""
    path = world.folder / "models" / "upload"
    path.write_bytes(data)
    with path.open("rb") as file, (world.folder / "models" / "artifact").open("w+b") as artifact:
        confine(
            read=[], write=[], memory_mb=MEMORY_BYTES >> 20, cpu_seconds=CPU_SECONDS, file_mb=64,
            user=None, parent=os.getppid(),
        )  # fmt: skip
        with contextlib.suppress(Failed):
            convert(file, artifact, None)


def at_endpoint(data: bytes, world: World) -> None:
    """As a worker would, had neither scan nor graph check refused: any loader, then a request."""
    give_up(world.folder / "models", lambda: None)
    for load in (lambda: joblib.load(io.BytesIO(data)), lambda: _load_plainly(data)):
        with contextlib.suppress(Exception):
            model = load()
            for method in ("predict", "transform"):
                with contextlib.suppress(Exception):
                    getattr(model, method)([[deeds(world)["writes outside"]]])


def _load_plainly(data: bytes) -> object:
    return pickle.loads(unpacked(io.BytesIO(data)).read())


def observe(place: Place, data: bytes, world: World) -> Traces:
    """The traces of one file. What it made is removed; what it started is killed."""
    before = _files(world)
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        _run(place, data, world, writing)
    os.close(writing)
    told, open_still = _received(reading, child)
    left = _others_of(child)
    for process in (child, *left):
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    os.waitpid(child, 0)
    made = tuple(sorted(_files(world) - before))
    for name in made:
        (world.folder / name).unlink()
    return Traces(
        environment=SECRET.encode() in told,
        files=tuple(name for name in made if name not in _OWN),
        connected=_connected(world.listener),
        outlived=open_still or bool(left),
    )


_OWN = ("models/upload", "models/artifact")


def _run(place: Place, data: bytes, world: World, writing: int) -> None:
    """The child's part; never returns."""
    try:
        faulthandler.disable()  # what crashes here crashes as planned
        os.setsid()
        os.dup2(writing, TOLD)
        os.close(writing)
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.dup2(null, 2)
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        with contextlib.suppress(BaseException):
            place(data, world)
    finally:
        os._exit(0)


def _received(reading: int, child: int) -> tuple[bytes, bool]:
    """(all that is told, whether somebody could still tell more when the child had ended)."""
    told, deadline = b"", time.monotonic() + WALL_SECONDS
    with os.fdopen(reading, "rb", 0) as channel:
        while time.monotonic() < deadline:
            ended = os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT | os.WNOHANG)
            if select.select([channel], [], [], 0 if ended else 0.1)[0]:
                piece = channel.read(1 << 16)
                if not piece:
                    return told, False
                told += piece
            elif ended:
                break
    return told, True


def _files(world: World) -> set[str]:
    found = (path for path in world.folder.rglob("*") if path.is_file())
    return {path.relative_to(world.folder).as_posix() for path in found}


def _connected(listener: socket.socket) -> bool:
    if not select.select([listener], [], [], 0)[0]:
        return False
    listener.accept()[0].close()
    return True


def _others_of(child: int) -> list[int]:
    """Processes that still hold the descriptor of a child's pipe, or are of its session."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != child:
            with contextlib.suppress(OSError, ValueError, IndexError):
                words = (entry / "stat").read_text().rpartition(")")[2].split()
                state, parent, session = words[0], int(words[1]), int(words[3])
                if state != "Z" and child in (parent, session):
                    found.append(int(entry.name))
    return found
