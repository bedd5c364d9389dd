"""How a phase or a half of a deployment ends: with its value, a Failed, or the text of a retry.

Exception types do not survive the activity boundary, these do. What deserves another try is raised
by the activity, and all that a durable history keeps of it is its text: a RetryText. What does not
is returned: an Outcome.
"""

import re
from dataclasses import dataclass
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field

from shared.domain.failure import Failure
from shared.domain.model import ModelVersion, ServingRecipe
from shared.errors import TransientError, UserFacingError

_WRITTEN = re.compile(r"\[(?P<code>\w+) wait=(?P<wait>[\d.]+)\] (?P<message>[^\n]*)")


class Failed(Failure):
    """A permanent refusal, as it is stored in the history."""

    def as_json(self) -> dict[str, Any]:
        """As histories and orchestrations' outputs hold it; a `detail` of None is left out."""
        return self.model_dump(mode="json", exclude_none=True)

    @classmethod
    def because(cls, error: UserFacingError) -> Self:
        """The same code, message, fix and detail as the error."""
        return cls(code=error.code, message=error.message, fix=error.fix, detail=error.detail)


class Outcome(BaseModel):
    """What a phase returns; JSON on the wire: `{"value": {...}}` or `{"failed": {...}}`."""

    model_config = ConfigDict(frozen=True)

    value: dict[str, Any] | None = None
    failed: Failed | None = None


@dataclass(frozen=True)
class RetryText:
    """What survives of a TransientError in a durable history: `[code wait=20] message`."""

    code: str
    wait_seconds: float
    message: str
    """The first line."""

    def __str__(self) -> str:
        return f"[{self.code} wait={self.wait_seconds:g}] {self.message}"

    @classmethod
    def of(cls, error: TransientError) -> Self:
        """Written by activities."""
        return cls(error.code, error.wait_seconds, error.message)

    @classmethod
    def found_in(cls, text: str) -> Self | None:
        """Read by orchestrators; there may be more text around it. None where it is not there."""
        found = _WRITTEN.search(text)
        if found is None:
            return None
        return cls(found["code"], float(found["wait"]), found["message"].strip())


class Half(BaseModel):
    """Base of what the two halves of a deployment, which run side by side, report to it.

    Where one failed, `failed` says why and `phase` where.
    """

    model_config = ConfigDict(populate_by_name=True, protected_namespaces=())

    failed: Failed | None = None
    phase: str = ""

    def as_json(self) -> dict[str, Any]:
        """As the history holds it: only the fields that were set."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True)


class StagedModel(Half):
    """The output of stage_model. Without model and recipe where it failed."""

    model: ModelVersion | None = None
    recipe: ServingRecipe | None = Field(None, alias="serving")


class OpenedEndpoint(Half):
    """The output of open_endpoint; the name also where it failed."""

    endpoint_name: str
