"""Work of the SDK that uploads: bounded in time, and silent.

The SDK draws progress bars on stderr and waits up to four hours for a blob connection; its
switch for the bars (`show_progress=False`) makes a failed upload wait for ever.
"""

import contextvars
import sys
import threading
from collections.abc import Callable, Iterable
from typing import Any, TextIO, TypeVar, cast

from shared.errors.waiting import UploadTimedOut

Result = TypeVar("Result")

_muted = threading.local()


def within(seconds: float, work: Callable[[], Result], *, what: str) -> Result:
    """The result of `work`, which is done in a silent thread. `what`: it, in words.

    Raises what it raises, and UploadTimedOut after so many seconds. Its thread then ends with the
    process at the latest; a further try replaces what it has uploaded.
    """
    _make_mutable()
    outcome: list[Result] = []
    trouble: list[BaseException] = []
    context = contextvars.copy_context()

    def run() -> None:
        _muted.on = True
        try:
            outcome.append(context.run(work))
        except BaseException as error:
            trouble.append(error)

    thread = threading.Thread(target=run, name=f"upload {what}", daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        raise UploadTimedOut(what, seconds)
    if trouble:
        raise trouble[0]
    return outcome[0]


class _Mutable:
    """A standard stream that drops what muted threads write to it."""

    def __init__(self, real: TextIO) -> None:
        self._real = real

    def write(self, text: str) -> int:
        return len(text) if getattr(_muted, "on", False) else self._real.write(text)

    def writelines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


def _make_mutable() -> None:
    """Installed for good: putting a stream back while another thread uploads would unmute it."""
    if not isinstance(sys.stdout, _Mutable):
        sys.stdout = cast(TextIO, _Mutable(sys.stdout))
    if not isinstance(sys.stderr, _Mutable):
        sys.stderr = cast(TextIO, _Mutable(sys.stderr))
