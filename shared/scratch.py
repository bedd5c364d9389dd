"""Temporary folders that do not outlive their process, whatever ends it."""

import contextlib
import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path

PREFIX = "slipway-scratch-"
_LOCK = ".alive"
"""Locked in each folder for as long as its process lives."""
_FORMER = "slipway-convert-*"
"""Of releases whose folders had no lock."""
_FORMER_SECONDS = 3600


@contextlib.contextmanager
def scratch() -> Iterator[Path]:
    """An empty folder of this process's own; those of dead processes go first."""
    sweep()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    try:
        with (folder / _LOCK).open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            inside = folder / "files"
            inside.mkdir()
            yield inside
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@cache
def sweep() -> None:
    """Remove the folders of processes that are gone; called when a process starts."""
    root = Path(tempfile.gettempdir())
    for folder in root.glob(f"{PREFIX}*"):
        if _is_left_behind(folder):
            shutil.rmtree(folder, ignore_errors=True)
    for folder in root.glob(_FORMER):
        with contextlib.suppress(OSError):
            if _is_ours(folder) and time.time() - folder.stat().st_mtime > _FORMER_SECONDS:
                shutil.rmtree(folder, ignore_errors=True)


def _is_left_behind(folder: Path) -> bool:
    """Whether nobody holds its lock. One without a lock is being made, or is not ours."""
    try:
        if not _is_ours(folder):
            return False
        with (folder / _LOCK).open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _is_ours(folder: Path) -> bool:
    return folder.lstat().st_uid == os.geteuid() or os.geteuid() == 0
