"""The text by which a phase asks for another try: written by activities, read by orchestrators."""

import re
from dataclasses import dataclass
from typing import Self

from shared.errors import TransientError

_WRITTEN = re.compile(r"\[(?P<code>\w+) wait=(?P<wait>[\d.]+)\] (?P<message>[^\n]*)")


@dataclass(frozen=True)
class RetryText:
    """What survives of a TransientError in a durable history: "[code wait=20] message"."""

    code: str
    wait_seconds: float
    message: str
    """The first line."""

    def __str__(self) -> str:
        return f"[{self.code} wait={self.wait_seconds:g}] {self.message}"

    @classmethod
    def of(cls, error: TransientError) -> Self:
        return cls(error.code, error.wait_seconds, error.message)

    @classmethod
    def found_in(cls, text: str) -> Self | None:
        """The text of a history's failure may have more around it; None where there is none."""
        found = _WRITTEN.search(text)
        if found is None:
            return None
        return cls(found["code"], float(found["wait"]), found["message"].strip())
