"""The next conversion's process, started ahead: its libraries are there before its file is."""

import contextlib
import threading

from shared.conversion.environments import Interpreter
from shared.conversion.sandbox import Sandbox


class Standby:
    """At most one sandbox that waits, for the interpreter asked for last; shared by threads.

    Each sandbox is handed out once, so none ever meets two files. One that waits costs about
    230 MB, for ten minutes at most.
    """

    def __init__(self, *, timeout_seconds: int, memory_mb: int) -> None:
        self._timeout_seconds, self._memory_mb = timeout_seconds, memory_mb
        self._lock = threading.Lock()
        self._waiting: Sandbox | None = None

    def take(self, interpreter: Interpreter) -> Sandbox:
        """The waiting one where it fits, else a new one."""
        with self._lock:
            waiting, self._waiting = self._waiting, None
        if waiting:
            if waiting.interpreter == interpreter and waiting.is_ready():
                return waiting
            waiting.close()
        return self._started(interpreter)

    def refill(self, interpreter: Interpreter) -> None:
        """Start the next one, unless one waits. Where that fails, it is started when needed."""
        with self._lock, contextlib.suppress(OSError):
            if self._waiting is None:
                self._waiting = self._started(interpreter)

    def _started(self, interpreter: Interpreter) -> Sandbox:
        return Sandbox(
            interpreter, timeout_seconds=self._timeout_seconds, memory_mb=self._memory_mb
        )
