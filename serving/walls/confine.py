"""What a process gives up before it meets a stranger's model: resources, identity, files, network.

Linux only; each measure that a machine does not offer is left out, and the result says which held.
What none of them stops: looking at any path's existence, size, owner and dates (stat); using the
processor and the memory that it is given; and, for a process without a user of its own, starting
many threads. Without Landlock such a process can also read, but not write, what its user may read;
root's is without capabilities.
"""

import os
import resource
import signal
import sys
from collections.abc import Callable, Iterable
from typing import NamedTuple

from serving.walls import kernel, landlock, seccomp

MAX_THREADS = 64
"""The kernel counts a user's threads, so this can only bound a user who has nothing else."""
MAX_OPEN_FILES = 256
SYSTEM_FILES = (
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
    "/proc/self/statm",
    "/sys/devices/system/cpu",
    "/sys/fs/cgroup/cpu.max",
    "/sys/fs/cgroup/cpu/cpu.cfs_quota_us",
    "/sys/fs/cgroup/cpu/cpu.cfs_period_us",
)
"""What libraries read of a machine. Of /proc nothing that tells of another process."""
_PROJECT = __file__.rsplit(os.sep, 3)[0]
_PARENT_GONE = 1


class Confinement(NamedTuple):
    """Which measures hold."""

    other_user: bool
    files_hidden: bool
    calls_filtered: bool
    landlock_abi: int
    """The kernel's version of Landlock, on which it depends what else that shuts out."""


def confine(
    *,
    read: list[str],
    write: list[str],
    memory_mb: int,
    cpu_seconds: int,
    file_mb: int,
    user: int | None,
    parent: int,
    imports: Callable[[], None] | None = None,
) -> Confinement:
    """Give up everything but to read Python's own folders and `read`, and to write to `write`.

    Irrevocable. Without a folder in `write` the process makes no file and opens none for writing,
    with or without Landlock: the files that it was given, each of at most `file_mb`, are all the
    disk that it can take. Beyond `cpu_seconds` it ends with SIGXCPU, or a second later with
    SIGKILL.

    imports: what to do when all is given up but to open files for writing, which some libraries do
    while they are imported.

    user: the id to take, where the capabilities allow. parent: the process to end with; when it has
    gone already, this one ends at once.
    """
    _limit(memory_mb << 20, cpu_seconds, file_mb << 20)
    python = [
        *python_folders(),
        *(path for path in sys.path if path.endswith("site-packages")),
        f"{_PROJECT}/serving",
        f"{_PROJECT}/shared/adapters/conversion",
    ]
    paths = [*python, *read, *write]
    readable = [path for path in paths if os.access(path, os.F_OK)]
    other_user = user is not None and _become(user, readable)
    if not other_user:
        kernel.keep_only()
    kernel.prctl(kernel.PR_SET_DUMPABLE, 0)
    _end_with(parent)
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    seen, written = [*python, *read, *SYSTEM_FILES], [*write, os.devnull]
    files_hidden = landlock.restrict(read=seen, write=written)
    if imports:
        seccomp.forbid_escapes(writes=True, accepts=False)
        imports()
    return Confinement(
        other_user=other_user,
        files_hidden=files_hidden,
        calls_filtered=seccomp.forbid_escapes(writes=bool(write), accepts=False),
        landlock_abi=landlock.abi(),
    )


def python_folders() -> list[str]:
    """The interpreter's own, and those of the environment that it runs in."""
    return [sys.prefix, sys.base_prefix]


def _limit(memory: int, cpu_seconds: int, file: int) -> None:
    for what, most in {
        resource.RLIMIT_AS: memory,
        resource.RLIMIT_FSIZE: file,
        resource.RLIMIT_NOFILE: MAX_OPEN_FILES,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_MSGQUEUE: 0,
    }.items():
        _lower(what, most, most)
    _lower(resource.RLIMIT_CPU, cpu_seconds, cpu_seconds + 1)  # at once, both would be SIGKILL


def _lower(what: int, soft: int, hard: int) -> None:
    _, most = resource.getrlimit(what)
    if most != resource.RLIM_INFINITY:
        soft, hard = min(soft, most), min(hard, most)
    resource.setrlimit(what, (soft, hard))


def _become(user: int, needed: Iterable[str]) -> bool:
    """From root to a user that owns nothing and has no capability. False: root it stays.

    An interpreter in root's own home is closed to others: then the right to read stays where
    Landlock says what, and elsewhere the user.
    """
    try:
        closed = not _open_to(user, needed)
        if closed and not landlock.abi():
            return False
        os.setresgid(user, user, user)
        kernel.prctl(kernel.PR_SET_KEEPCAPS, int(closed))
        os.setresuid(user, user, user)
    except OSError:  # root without CAP_SETUID, or an id that this container does not know
        return False
    kernel.keep_only([kernel.CAP_DAC_READ_SEARCH] if closed else [])
    kernel.prctl(kernel.PR_SET_KEEPCAPS, 0)
    _lower(resource.RLIMIT_NPROC, MAX_THREADS, MAX_THREADS)
    return True


def _open_to(user: int, paths: Iterable[str]) -> bool:
    """Whether `user`, who is in no group but its own, may read them all. OSError: not its turn."""
    os.setgroups([])
    group, itself = os.getegid(), os.geteuid()
    os.setegid(user)
    try:
        os.seteuid(user)
        readable = [os.access(path, os.R_OK | os.X_OK, effective_ids=True) for path in paths]
        os.seteuid(itself)
    finally:
        os.setegid(group)
    return all(readable)


def _end_with(parent: int) -> None:
    """Be killed when `parent` ends. After every change of user, which would undo it."""
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(_PARENT_GONE)
