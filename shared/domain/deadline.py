"""One moment by which a request's waiting must have ended, whatever it waits for."""

import time
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True)
class Deadline:
    """Made where the request arrives, handed to all that it waits for."""

    at: float
    """On the monotonic clock."""

    @classmethod
    def after(cls, seconds: float) -> Self:
        return cls(time.monotonic() + seconds)

    @property
    def left(self) -> float:
        """Seconds; never less than nothing."""
        return max(self.at - time.monotonic(), 0.0)
