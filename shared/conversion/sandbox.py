"""One conversion in one disposable process: no credentials, no network, bounded, then gone."""

import contextlib
import os
import secrets
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from shared.conversion import kernel
from shared.conversion.environments import Interpreter
from shared.conversion.job import MAX_REPORT_BYTES, REPORT_FILE, Job, Report
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
LOG_TAIL = 4000
_BOOTSTRAP = (
    "import sys; sys.path += sys.argv[1:]; from shared.conversion.worker import main; main()"
)
_USERS = range(30_000, 60_000)
"""User ids that own nothing: above people's, below the service manager's."""


@dataclass(frozen=True)
class Sandbox:
    timeout_seconds: int
    memory_mb: int

    def run(
        self,
        interpreter: Interpreter,
        model: Path,
        scratch: Path,
        *,
        feature_names: list[str] | None,
        requirements: list[str],
        version: str,
    ) -> Report:
        """Leaves what was written in `scratch`. ModelRefused when the process yields no report."""
        with model.open("rb") as file, tempfile.TemporaryFile() as log:
            job = Job(
                model_fd=file.fileno(),
                scratch=str(scratch),
                feature_names=feature_names,
                requirements=requirements,
                version=version,
                memory_mb=self.memory_mb,
                cpu_seconds=2 * self.timeout_seconds,
                user=_another_user(scratch),
            )
            ended = self._run(interpreter, job, log.fileno(), scratch)
            return _report(scratch, ended, _tail(log.fileno()), self)

    def _run(self, interpreter: Interpreter, job: Job, log: int, scratch: Path) -> int | None:
        """Its exit code; None when its time was up."""
        root = str(Path(__file__).parents[2])
        process = subprocess.Popen(
            [str(interpreter.python), "-I", "-B", "-c", _BOOTSTRAP, *interpreter.packages, root],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            env={**ENVIRONMENT, "HOME": str(scratch), "TMPDIR": str(scratch)},
            cwd=scratch,
            pass_fds=(job.model_fd,),
            start_new_session=True,
        )
        try:
            process.communicate(job.model_dump_json().encode(), timeout=self.timeout_seconds)
        except subprocess.TimeoutExpired:
            return None
        finally:
            _end(process)
        return process.returncode


def _end(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if process.stdin:
        process.stdin.close()


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


def _report(scratch: Path, ended: int | None, log: str, limits: Sandbox) -> Report:
    if ended is None:
        message = f"Converting the model took more than {limits.timeout_seconds} s."
        raise refused("model_conversion_timed_out", message, log)
    if ended == -signal.SIGXCPU:
        message = f"Converting the model took more than {2 * limits.timeout_seconds} s of CPU."
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
