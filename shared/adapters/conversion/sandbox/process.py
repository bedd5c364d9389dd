"""One conversion in one disposable process: no credentials, no network, bounded, then gone."""

import contextlib
import json
import os
import secrets
import selectors
import signal
import socket
import subprocess
import time
import weakref
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from pydantic import ValidationError

from serving.walls import kernel
from shared.adapters.conversion.environments.interpreters import Interpreter
from shared.adapters.conversion.sandbox.handover import send
from shared.adapters.conversion.sandbox.report import MAX_REPORT_BYTES, Report
from shared.errors.models import model_refused

ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "JOBLIB_MULTIPROCESSING": "0",
    "LANG": "C.UTF-8",
    "HOME": "/nowhere",
    "TMPDIR": "/nowhere",
    "MPLCONFIGDIR": "/nowhere",
    "PYTHONDONTWRITEBYTECODE": "1",
}
"""All that the process knows of the app's environment; BLAS threads would eat its address space."""
IDLE_SECONDS = 600
"""How long the process waits for a file; half of that is trusted to be left of it."""
LOG_TAIL = 4000
_BOOTSTRAP = (
    "import sys; sys.path += sys.argv[2:];"
    " from shared.adapters.conversion.inside.worker import main; main()"
)
_ROOT = Path(__file__).parents[4]
_USERS = range(30_000, 60_000)
"""User ids that own nothing: above people's, below the service manager's."""


@dataclass(frozen=True)
class Limits:
    """What one conversion may use."""

    timeout_seconds: int
    memory_mb: int
    """Also the most that the converted model, the only file that it writes, may hold."""

    @property
    def cpu_seconds(self) -> int:
        return 2 * self.timeout_seconds


@dataclass
class _Heard:
    """What has come out of a process so far: its report, and the end of its log."""

    report: bytearray = field(default_factory=bytearray)
    log: bytearray = field(default_factory=bytearray)


class Sandbox:
    """A confined process that imports the libraries and waits for one file. A context manager.

    It dies with the thread that started it, and with this object.
    """

    def __init__(self, interpreter: Interpreter, limits: Limits) -> None:
        self.interpreter, self._limits = interpreter, limits
        self._usable_until = time.monotonic() + IDLE_SECONDS / 2
        with contextlib.ExitStack() as owned:
            self._channel, stdin = socket.socketpair()
            owned.enter_context(self._channel)
            reading, writing = os.pipe()
            self._log = owned.enter_context(os.fdopen(reading, "rb", 0))
            with stdin, os.fdopen(writing, "wb", 0) as log:
                self._process = _start(interpreter, limits, stdin.fileno(), log.fileno())
            owned.callback(_kill_unless_done, self._process)
            self._dispose = weakref.finalize(self, owned.pop_all().close)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._dispose()

    def is_ready(self) -> bool:
        """Alive, and certain to wait for a while yet."""
        try:
            self._channel.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        except BlockingIOError:  # it has nothing to say yet: only its end can be read here
            return time.monotonic() < self._usable_until
        except ConnectionError:
            pass
        return False

    def run(self, model: Path, artifact: Path, feature_names: list[str] | None) -> Report:
        """Once: read `model`, make `artifact`. Leaves nothing that could still write to it.

        ModelRefused when the process yields no report.
        """
        deadline = time.monotonic() + self._limits.timeout_seconds
        heard, ended = _Heard(), None
        try:
            self._channel.settimeout(self._limits.timeout_seconds)
            with contextlib.suppress(ConnectionError):  # ended already: its exit code says why
                send(self._channel, {"feature_names": feature_names}, model, artifact)
            self._hear(heard, deadline)
            ended = self._process.wait(max(0, deadline - time.monotonic()))
        except (TimeoutError, subprocess.TimeoutExpired):
            pass
        finally:
            _kill(self._process)
        return _report(heard, ended, self._limits)

    def _hear(self, heard: "_Heard", deadline: float) -> None:
        """Read until report and log are closed. TimeoutError; what came until then is there."""
        with selectors.DefaultSelector() as open_ends:
            open_ends.register(self._channel, selectors.EVENT_READ)
            open_ends.register(self._log, selectors.EVENT_READ)
            while open_ends.get_map():
                ready = open_ends.select(max(0, deadline - time.monotonic()))
                if not ready:
                    raise TimeoutError
                for key, _ in ready:
                    piece = _piece(key.fd)
                    if not piece:
                        open_ends.unregister(key.fileobj)
                    elif key.fileobj is self._log:
                        heard.log = (heard.log + piece)[-LOG_TAIL:]
                    elif len(heard.report) <= MAX_REPORT_BYTES:
                        heard.report += piece


def _piece(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 1 << 16)
    except ConnectionError:
        return b""


def _start(
    interpreter: Interpreter, limits: Limits, stdin: int, log: int
) -> subprocess.Popen[bytes]:
    user = secrets.choice(_USERS)
    bounds = {
        "read": list(interpreter.packages),
        "memory_mb": limits.memory_mb,
        "cpu_seconds": limits.cpu_seconds,
        "file_mb": limits.memory_mb,
        "user": user if kernel.may_become(user) else None,
        "parent": os.getpid(),
        "idle_seconds": IDLE_SECONDS,
    }
    arguments = [json.dumps(bounds), *interpreter.packages, str(_ROOT)]
    return subprocess.Popen(
        [str(interpreter.python), "-I", "-B", "-c", _BOOTSTRAP, *arguments],
        stdin=stdin,
        stdout=log,
        stderr=log,
        env=ENVIRONMENT,
        cwd="/",
        start_new_session=True,
    )


def _kill(process: subprocess.Popen[bytes]) -> None:
    """With whatever it has started and left behind."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _kill_unless_done(process: subprocess.Popen[bytes]) -> None:
    """Later, the number of one that was waited for may be another's."""
    if process.returncode is None:
        _kill(process)


def _report(heard: "_Heard", ended: int | None, limits: Limits) -> Report:
    log = heard.log.decode("utf-8", "replace").strip()
    if ended is None:
        message = f"Converting the model took more than {limits.timeout_seconds} s."
        raise model_refused("model_conversion_timed_out", message, log)
    if ended == -signal.SIGXCPU:
        message = f"Converting the model took more than {limits.cpu_seconds} s of CPU."
        raise model_refused("model_conversion_timed_out", message, log)
    if ended < 0:
        name = signal.Signals(-ended).name
        message = f"Converting the model ended its process with {name}."
        raise model_refused("model_conversion_failed", message, log)
    try:
        return Report.model_validate_json(bytes(heard.report))
    except ValidationError:
        message = f"Converting the model ended with exit code {ended} and no report."
        raise model_refused("model_conversion_failed", message, log) from None
