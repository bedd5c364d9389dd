"""One host per state directory, for as long as its process lives."""

import fcntl
import os
from pathlib import Path


class StateInUseError(Exception):
    """Another host works on this state directory."""

    def __init__(self, directory: Path, owner: str) -> None:
        super().__init__(
            f"{directory} is in use by another functions host (pid {owner}). "
            "Stop that one, or choose another directory with --state."
        )


class Owner:
    """Holds the lock file. A child process does not inherit the lock; a kill gives it up."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._file = (directory / "owner.lock").open("a+")
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._file.seek(0)
            owner = self._file.read().strip() or "unknown"
            self._file.close()
            raise StateInUseError(directory, owner) from None
        self._file.truncate(0)
        self._file.write(str(os.getpid()))
        self._file.flush()
