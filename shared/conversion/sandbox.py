"""One conversion in one disposable process: no credentials, no network, bounded, then gone."""

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import tempfile
import time
import weakref
from pathlib import Path
from typing import Self

from pydantic import ValidationError

from shared.conversion import kernel
from shared.conversion.environments import Interpreter
from shared.conversion.handover import send
from shared.conversion.job import MAX_REPORT_BYTES, REPORT_FILE, Bounds, Job, Report
from shared.conversion.refusals import refused

ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "JOBLIB_MULTIPROCESSING": "0",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "LANG": "C.UTF-8",
}
"""All that the process knows of the app's environment; BLAS threads would eat its address space."""
PATIENCE_SECONDS = 600
"""How long the process waits for a file; half of that is trusted to be left of it."""
LOG_TAIL = 4000
_BOOTSTRAP = (
    "import sys; sys.path += sys.argv[2:]; from shared.conversion.worker import main; main()"
)
_USERS = range(30_000, 60_000)
"""User ids that own nothing: above people's, below the service manager's."""


class Sandbox:
    """A confined process that imports the libraries and waits for one file. A context manager.

    It dies with the thread that started it, and with this object.
    """

    def __init__(self, interpreter: Interpreter, *, timeout_seconds: int, memory_mb: int) -> None:
        self.interpreter, self._timeout_seconds = interpreter, timeout_seconds
        self._usable_until = time.monotonic() + PATIENCE_SECONDS / 2
        with contextlib.ExitStack() as owned:
            folder = owned.enter_context(tempfile.TemporaryDirectory(prefix="slipway-convert-"))
            self.scratch = Path(folder)
            """Where the process writes."""
            self._log = owned.enter_context(tempfile.TemporaryFile())
            self._channel, stdin = socket.socketpair()
            owned.enter_context(self._channel)
            bounds = Bounds(
                scratch=folder,
                memory_mb=memory_mb,
                cpu_seconds=2 * timeout_seconds,
                user=_another_user(self.scratch),
                patience_seconds=PATIENCE_SECONDS,
            )
            with stdin:
                self._process = _start(interpreter, bounds, stdin.fileno(), self._log.fileno())
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
        except BlockingIOError:  # it never writes: only its end can be read here
            return time.monotonic() < self._usable_until
        except ConnectionError:
            pass
        return False

    def run(self, model: Path, job: Job) -> Report:
        """Once. Leaves what was written in `scratch`, and nothing that could still write there.

        ModelRefused when the process yields no report.
        """
        ended = self._ended(model, job)
        log = _tail(self._log.fileno())
        return _report(self.scratch, ended, log, self._timeout_seconds)

    def _ended(self, model: Path, job: Job) -> int | None:
        """Its exit code; None when its time was up."""
        deadline = time.monotonic() + self._timeout_seconds
        self._channel.settimeout(self._timeout_seconds)
        try:
            with contextlib.suppress(ConnectionError):  # ended already: its exit code says why
                send(self._channel, job, model)
            return self._process.wait(max(0, deadline - time.monotonic()))
        except (TimeoutError, subprocess.TimeoutExpired):
            return None
        finally:
            _kill(self._process)


def _start(
    interpreter: Interpreter, bounds: Bounds, stdin: int, log: int
) -> subprocess.Popen[bytes]:
    arguments = [bounds.model_dump_json(), *interpreter.packages, str(Path(__file__).parents[2])]
    return subprocess.Popen(
        [str(interpreter.python), "-I", "-B", "-c", _BOOTSTRAP, *arguments],
        stdin=stdin,
        stdout=log,
        stderr=log,
        env={**ENVIRONMENT, "HOME": bounds.scratch, "TMPDIR": bounds.scratch},
        cwd=bounds.scratch,
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


def _another_user(scratch: Path) -> int | None:
    """A user id of its own where root may give one; else none may look into this process."""
    user = secrets.choice(_USERS)
    try:
        os.chown(scratch, user, user)
    except PermissionError:
        kernel.prctl(kernel.PR_SET_DUMPABLE, 0)
        return None
    return user


def _tail(log: int) -> str:
    size = os.fstat(log).st_size
    return os.pread(log, LOG_TAIL, max(0, size - LOG_TAIL)).decode("utf-8", "replace").strip()


def _report(scratch: Path, ended: int | None, log: str, timeout_seconds: int) -> Report:
    if ended is None:
        message = f"Converting the model took more than {timeout_seconds} s."
        raise refused("model_conversion_timed_out", message, log)
    if ended == -signal.SIGXCPU:
        message = f"Converting the model took more than {2 * timeout_seconds} s of CPU."
        raise refused("model_conversion_timed_out", message, log)
    if ended < 0:
        name = signal.Signals(-ended).name
        message = f"Converting the model ended its process with {name}."
        raise refused("model_conversion_failed", message, log)
    try:
        path = scratch / REPORT_FILE
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(handle, "rb") as file:
            return Report.model_validate_json(file.read(MAX_REPORT_BYTES))
    except (OSError, ValidationError):
        message = f"Converting the model ended with exit code {ended} and no report."
        raise refused("model_conversion_failed", message, log) from None
