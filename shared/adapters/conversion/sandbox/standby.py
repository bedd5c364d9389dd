"""The next conversion's process, started ahead: its libraries are there before its file is."""

import contextlib
import threading

from shared.adapters.conversion.environments.interpreters import Interpreter
from shared.adapters.conversion.sandbox.process import Limits, Sandbox


class Standby:
    """At most one sandbox that waits, for the interpreter asked for last; shared by threads.

    Each sandbox is handed out once, so none ever meets two files. One that waits costs about
    230 MB, for ten minutes at most.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
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
        return Sandbox(interpreter, self._limits)
