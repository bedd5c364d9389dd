"""What a phase returns: Done with its value, or Failed with a reason that a person can act on.

Raise to retry, return to refuse: exception types do not survive the activity boundary, these do.
"""

from typing import Any, Self

from pydantic import BaseModel, ConfigDict

from shared.errors import UserFacingError


class Failed(BaseModel):
    """A permanent refusal, as it is stored in the history and shown to the user."""

    model_config = ConfigDict(frozen=True)

    code: str
    message: str
    fix: str
    detail: str | None = None

    @property
    def explained(self) -> str:
        """For people, and for machines that read up to the colon."""
        return f"{self.code}: {self.message} {self.fix}"

    @classmethod
    def because(cls, error: UserFacingError) -> Self:
        return cls(code=error.code, message=error.message, fix=error.fix, detail=error.detail)


class Outcome(BaseModel):
    """JSON on the wire: `{"value": {...}}` or `{"failed": {...}}`."""

    model_config = ConfigDict(frozen=True)

    value: dict[str, Any] | None = None
    failed: Failed | None = None
