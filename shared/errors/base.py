"""The two ways to say no: for good (UserFacingError), or not now (TransientError).

A class that says its `cause` is an entry of docs/errors.md, which is made from these attributes.
"""

from typing import Any, ClassVar

from shared.errors.commands import AFTER_THE_FIX, BOTH


class SlipwayError(Exception):
    """Anything Slipway raises on purpose."""

    code: str = ""
    """Part of the API: it never changes its meaning."""
    status: ClassVar[int | None] = None
    """Of a reply; None where it is told in rows and operations alone."""
    cause: ClassVar[str] = ""
    fix: str = ""
    """What to do; an error that knows better than its class says it of itself."""
    look: ClassVar[str] = ""
    """Where in a portal, a dashboard or a log."""
    command: ClassVar[str] = ""
    retry: ClassVar[str] = AFTER_THE_FIX
    """Whether sending the same again helps."""
    seen: ClassVar[str] = BOTH

    def __init__(self, message: str, *, fix: str | None = None, detail: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        """What is wrong, with numbers."""
        if fix is not None:
            self.fix = fix
        self.detail = detail
        """More for the timeline (a log tail, correlation ids); never a secret."""
        self.facts: dict[str, Any] = {}
        """More for programs, beside code, message and fix in a reply."""


class UserFacingError(SlipwayError):
    """A refusal, explained once; it ends the work."""

    status: ClassVar[int | None] = 500


class TransientError(SlipwayError):
    """Worth another try after at least `wait_seconds`: the phase is done again."""

    status = 503
    wait_seconds: float = 1.0

    def __init__(
        self, message: str, *, wait_seconds: float | None = None, detail: str | None = None
    ) -> None:
        super().__init__(message, detail=detail)
        if wait_seconds is not None:
            self.wait_seconds = wait_seconds
