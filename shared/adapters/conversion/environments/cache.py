"""A bounded folder of environments: each in use, being built, or the first to go."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

_LOCK, _SCRATCH = ".lock", "building-"


@dataclass(frozen=True)
class EnvironmentCache:
    """Environments by name, shared by threads and processes through locks on files.

    Beside each environment `name` lies `name.lock`: held shared while the environment is used,
    alone while it is made or removed. The time of that file is when it was last used.
    """

    folder: Path
    limit_mb: int

    def home(self, name: str) -> Path:
        """Where the environment is, if it is there: it is never there in part."""
        return self.folder / name

    def scratch(self, name: str) -> Path:
        """Where its builder works."""
        return self.folder / f"{_SCRATCH}{name}"

    def open(self) -> None:
        """Make the folder, and remove what dead builders have left.

        PermissionError where others could write to it: what they wrote would run with our rights.
        """
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = self.folder.stat()
        if status.st_uid != os.geteuid() or status.st_mode & 0o022:
            raise PermissionError(
                f"{self.folder} can be written by others; remove it or choose another."
            )
        for left in self.folder.glob(f"{_SCRATCH}*"):
            with self._alone(left.name.removeprefix(_SCRATCH)) as alone:
                if alone:
                    shutil.rmtree(left, ignore_errors=True)

    @contextmanager
    def used(self, name: str) -> Iterator[bool]:
        """Keep it while it is used. Yields False where it is not there."""
        with self._locked(name, fcntl.LOCK_SH):
            present = self.home(name).is_dir()
            if present:
                os.utime(self._lock(name))
            yield present

    @contextmanager
    def being_built(self, name: str) -> Iterator[bool]:
        """The only builder of it; yields False where another has built it meanwhile."""
        with self._locked(name, fcntl.LOCK_EX):
            try:
                yield not self.home(name).is_dir()
            finally:
                self.clear_scratch(name)

    def clear_scratch(self, name: str) -> None:
        """What a builder has made so far."""
        shutil.rmtree(self.scratch(name), ignore_errors=True)

    def shrink(self, *, to_mb: int | None = None) -> None:
        """Remove the least used until all that stay fit; those in use stay. `to_mb`: the limit."""
        limit = self.limit_mb if to_mb is None else to_mb
        sizes = {home.name: megabytes(home) for home in self._homes()}
        for name in sorted(sizes, key=self._last_used):
            if sum(sizes.values()) <= limit:
                return
            if self.remove(name):
                del sizes[name]

    def remove_least_used(self) -> bool:
        """Whether there was one that is not in use."""
        names = sorted((home.name for home in self._homes()), key=self._last_used)
        return any(self.remove(name) for name in names)

    def remove(self, name: str) -> bool:
        """Whether it could be removed: one in use cannot."""
        with self._alone(name) as alone:
            if alone and self.home(name).is_dir():
                self.home(name).rename(self.scratch(name))
                self.clear_scratch(name)
                return True
        return False

    def free_mb(self) -> int:
        """On the disk that the folder is on."""
        return shutil.disk_usage(self.folder).free >> 20

    def _homes(self) -> list[Path]:
        return [
            entry
            for entry in self.folder.iterdir()
            if entry.is_dir() and not entry.name.startswith(_SCRATCH)
        ]

    def _lock(self, name: str) -> Path:
        return self.folder / f"{name}{_LOCK}"

    def _last_used(self, name: str) -> float:
        lock = self._lock(name)
        return lock.stat().st_mtime if lock.exists() else 0

    @contextmanager
    def _locked(self, name: str, how: int) -> Iterator[None]:
        descriptor = os.open(self._lock(name), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, how)
            yield
        finally:
            os.close(descriptor)

    @contextmanager
    def _alone(self, name: str) -> Iterator[bool]:
        """Whether nobody else holds it; does not wait."""
        with ExitStack() as held:
            try:
                held.enter_context(self._locked(name, fcntl.LOCK_EX | fcntl.LOCK_NB))
                alone = True
            except BlockingIOError:
                alone = False
            yield alone


def megabytes(folder: Path) -> int:
    """On the disk, each file counted once, rounded up."""
    counted: dict[int, int] = {}
    for parent, _, files in os.walk(folder):
        for name in files:
            status = os.lstat(os.path.join(parent, name))  # noqa: PTH118
            counted[status.st_ino] = status.st_blocks * 512
    return -(-sum(counted.values()) // (1 << 20))
