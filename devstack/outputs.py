"""Files that a command is asked to write: whether they can be, said before the work begins."""

import os
from pathlib import Path


def unwritable(file: Path) -> str | None:
    """Why the file cannot be written; None when it can."""
    if file.is_dir():
        return "it is a folder"
    if not file.parent.is_dir():
        return f"there is no folder {file.parent}"
    if not os.access(file if file.exists() else file.parent, os.W_OK):
        return "permission denied"
    return None
