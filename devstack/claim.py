"""One local world to a state folder: a locked file that holds the pid of whoever runs there."""

import fcntl
import os
import shutil
from pathlib import Path
from typing import IO

NAME = "stack.pid"


class StateInUseError(Exception):
    def __init__(self, state: Path, pid: int | None) -> None:
        super().__init__(
            f"A local world runs in {state} already (pid {pid}). End it with "
            f"`python -m devstack down --state {state}`, or choose another --state."
        )


class StateUnusableError(Exception):
    def __init__(self, state: Path, error: OSError) -> None:
        super().__init__(
            f"The state folder {state} cannot be used: {error.strerror}. "
            "Choose another --state, one that may be written."
        )


def claim(state: Path, *, fresh: bool) -> IO[str]:
    """Make the folder ours (empty when `fresh`) until the returned file is closed.

    Raises StateInUseError or StateUnusableError, and then nothing in the folder has changed.
    """
    try:
        state.mkdir(parents=True, exist_ok=True)
        file = (state / NAME).open("a+")
    except OSError as error:
        raise StateUnusableError(state, error) from error
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise StateInUseError(state, running_pid(state)) from None
    if fresh:
        _empty(state)
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    return file


def running_pid(state: Path) -> int | None:
    """Whose claim it is; None when nobody's."""
    try:
        with (state / NAME).open() as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return int(file.read() or 0) or None
    except FileNotFoundError:
        pass
    return None


def _empty(state: Path) -> None:
    for entry in state.iterdir():
        if entry.name == NAME:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
