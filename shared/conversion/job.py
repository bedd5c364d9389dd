"""The messages between the app and a conversion: bounds and a job go in, a report comes out.

A report comes from a process that an untrusted file may have taken over: bounded and validated.
"""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from shared.conversion.confine import Confinement
from shared.schemas.model import Column

MAX_REPORT_BYTES = 4 << 20
MODEL_FOLDER = "model"
REPORT_FILE = "report.json"


class Bounds(BaseModel):
    """What the process may use, known when it starts."""

    scratch: str
    """The only folder that can be written."""
    memory_mb: int
    cpu_seconds: int
    user: int | None
    patience_seconds: float
    """How long it waits for its job before it gives its memory back."""


class Job(BaseModel):
    """What to convert: comes with the model file, open for reading."""

    feature_names: list[str] | None
    """In training order, for an estimator that does not know them."""
    requirements: list[str]
    """Recorded in the MLflow folder, as is the version."""
    version: str


class Failure(BaseModel):
    """Why there is no model; `code` is one of those in shared/conversion/refusals.py."""

    model_config = ConfigDict(extra="forbid")

    code: Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")]
    message: Annotated[str, StringConstraints(max_length=1000)]


class Converted(BaseModel):
    """What was found in the model that now lies in MODEL_FOLDER."""

    model_config = ConfigDict(extra="forbid")

    algorithm: Annotated[str, StringConstraints(max_length=100)]
    columns: Annotated[list[Column], Field(min_length=1, max_length=20_000)]
    example: dict[str, float | str | bool]


class Report(BaseModel):
    """The outcome, and which measures held while it came about."""

    model_config = ConfigDict(extra="forbid")

    confinement: Confinement
    outcome: Converted | Failure
