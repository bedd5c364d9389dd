"""What a conversion gives up before it touches a model: resources, identity, files, network.

Linux only; each measure that a machine does not offer is left out, and the result says which held.
"""

import os
import resource
import signal
import sys
from pathlib import Path

from pydantic import BaseModel

from shared.conversion import kernel, landlock, seccomp

MAX_THREADS = 64
"""The kernel counts a user's threads, so this can only bound a user who has nothing else."""
MAX_OPEN_FILES = 256
_SYSTEM = (
    "/usr/lib",
    "/usr/lib64",
    "/usr/local/lib",
    "/usr/share/zoneinfo",
    "/lib",
    "/lib64",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/dev/null",
    "/dev/urandom",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/proc/self/maps",
    "/sys/devices/system/cpu",
)


class Confinement(BaseModel):
    """Which measures hold."""

    other_user: bool
    files_hidden: bool
    calls_filtered: bool


def confine(scratch: Path, *, memory_mb: int, cpu_seconds: int, user: int | None) -> Confinement:
    """Give everything up but reading Python's own folders and writing to `scratch`. Irrevocable."""
    _limit(memory_mb << 20, cpu_seconds)
    python = [sys.prefix, sys.base_prefix, str(Path(__file__).parents[1])]
    python += [path for path in sys.path if path.endswith("site-packages")]
    if user is not None:
        _become(user, [*python, str(scratch)])
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    return Confinement(
        other_user=user is not None,
        files_hidden=landlock.restrict(read=[*python, *_SYSTEM], write=[str(scratch)]),
        calls_filtered=seccomp.forbid_escapes(),
    )


def _limit(memory: int, cpu_seconds: int) -> None:
    for what, most in {
        resource.RLIMIT_AS: memory,
        resource.RLIMIT_FSIZE: memory,
        resource.RLIMIT_CPU: cpu_seconds,
        resource.RLIMIT_NOFILE: MAX_OPEN_FILES,
        resource.RLIMIT_CORE: 0,
    }.items():
        _lower(what, most)


def _lower(what: int, most: int) -> None:
    _, hard = resource.getrlimit(what)
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(what, (most, most))


def _become(user: int, needed: list[str]) -> None:
    """From root to a user that owns nothing.

    An interpreter in root's own home is closed to others: then the right to read stays, and
    Landlock says what.
    """
    _lower(resource.RLIMIT_NPROC, MAX_THREADS)
    os.setgroups([])
    os.setresgid(user, user, user)
    os.seteuid(user)
    closed = not all(os.access(path, os.R_OK | os.X_OK, effective_ids=True) for path in needed)
    os.seteuid(0)
    kernel.prctl(kernel.PR_SET_KEEPCAPS, int(closed))
    os.setresuid(user, user, user)
    if closed:
        kernel.keep_only(kernel.CAP_DAC_READ_SEARCH)
