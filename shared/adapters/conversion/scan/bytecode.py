"""Where the scan's child keeps the bytecode of its modules: compiling them takes longer than to
judge most files, and the app's own folder is read-only where it runs in Azure."""

import contextlib
import os
import tempfile
from pathlib import Path


def folder() -> Path | None:
    """A private folder of this user's, made where it is missing; None where others may write to it,
    or where there is no place for files.

    What lies there runs in the child before it is confined, as the app's own modules do.
    """
    with contextlib.suppress(OSError):  # no file may be made anywhere, or not this one
        path = Path(tempfile.gettempdir()) / f"slipway-bytecode-{os.geteuid()}"
        with contextlib.suppress(FileExistsError):
            path.mkdir(mode=0o700)
        status = path.lstat()
        if path.is_dir() and status.st_uid == os.geteuid() and not status.st_mode & 0o022:
            return path
    return None
