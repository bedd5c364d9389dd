"""Why something failed: stored in rows and histories, and shown to the user."""

from pydantic import BaseModel, ConfigDict


class Failure(BaseModel):
    """What went wrong (`message`, with numbers), and what to do about it (`fix`)."""

    model_config = ConfigDict(frozen=True)

    code: str
    message: str
    fix: str
    detail: str | None = None
    """A log tail, correlation ids; never a secret."""

    @property
    def as_text(self) -> str:
        """`code: message fix`, as `error_message` and timeline messages hold it."""
        return f"{self.code}: {self.message} {self.fix}"
