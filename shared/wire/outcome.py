"""What a phase returns: Done with its value, or Failed with a reason that a person can act on.

Raise to retry, return to refuse: exception types do not survive the activity boundary, these do.
"""

from typing import Any, Self

from pydantic import BaseModel, ConfigDict

from shared.domain.failure import Failure
from shared.errors import UserFacingError


class Failed(Failure):
    """A permanent refusal, as it is stored in the history."""

    def as_json(self) -> dict[str, Any]:
        """As histories and orchestrations' outputs hold it."""
        return self.model_dump(mode="json", exclude_none=True)

    @classmethod
    def because(cls, error: UserFacingError) -> Self:
        return cls(code=error.code, message=error.message, fix=error.fix, detail=error.detail)


class Outcome(BaseModel):
    """JSON on the wire: `{"value": {...}}` or `{"failed": {...}}`."""

    model_config = ConfigDict(frozen=True)

    value: dict[str, Any] | None = None
    failed: Failed | None = None
