"""What the model libraries must find when they are imported inside walls."""

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator
from typing import Any

NOWHERE = "/nowhere"
"""No file can be made inside walls: libraries ask where, and are told a place that is not."""


def prepare() -> None:
    """Call it once, before the first of them is imported, while files may still be opened to write.

    joblib wants the name of a folder for temporary files, which it never uses here. PyCaret
    imports matplotlib for plots, which wants a folder to write to and is needed by no prediction.
    Some releases of SciPy open a temporary file while they are imported: they get /dev/null, which
    they must not remove.
    """
    tempfile.tempdir = NOWHERE
    sys.modules.setdefault("matplotlib", None)  # type: ignore[arg-type]
    with _no_files(), contextlib.suppress(ImportError):
        import scipy.stats  # noqa: F401


@contextlib.contextmanager
def _no_files() -> Iterator[None]:
    make, remove = tempfile.mkstemp, os.remove
    tempfile.mkstemp, os.remove = _nothing, lambda *_, **__: None  # type: ignore[assignment]
    try:
        yield
    finally:
        tempfile.mkstemp, os.remove = make, remove


def _nothing(*_: Any, **__: Any) -> tuple[int, bytes]:
    """As tempfile.mkstemp: (a descriptor, the name of what can be opened to write)."""
    return os.open(os.devnull, os.O_RDWR), os.devnull.encode()
