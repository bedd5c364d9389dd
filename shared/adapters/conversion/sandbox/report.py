"""What comes out of a conversion: from a process that an untrusted file may have taken over.

So it is bounded, and every value is checked.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from shared.domain.model import Column

MAX_REPORT_BYTES = 8 << 20
Text = Annotated[str, StringConstraints(max_length=1000)]


class Confinement(BaseModel):
    """Which measures held while the model was loaded; see serving/walls/confine.py."""

    other_user: bool
    files_hidden: bool
    calls_filtered: bool


class Failure(BaseModel):
    """Why there is no model; `code` is one of those in shared/errors/models.py."""

    model_config = ConfigDict(extra="forbid")

    code: Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")]
    message: Text
    fix: Text = ""
    loading: bool = False
    """The file could not be loaded with these versions; others may load it."""
    predicting: bool = False
    """It was loaded and does not predict; with other versions it may."""


class Described(BaseModel):
    """serving.json; see serving/description.py."""

    model_config = ConfigDict(extra="forbid")

    format: Literal[1]
    columns: Annotated[list[Column], Field(min_length=1, max_length=20_000)]
    input: Literal["frame", "array", "texts", "records"]
    names: bool
    example: dict[str, float | str | bool | None]
    methods: Annotated[
        list[Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")]],
        Field(min_length=1, max_length=10),
    ]
    library: Annotated[str, StringConstraints(max_length=60)]
    open: bool = False


class Converted(BaseModel):
    """What was found in the model that was written."""

    model_config = ConfigDict(extra="forbid")

    algorithm: Annotated[str, StringConstraints(max_length=100)]
    description: Annotated[str, StringConstraints(max_length=4 << 20)]
    outputs: Annotated[
        list[Literal["boolean", "long", "double", "string"]], Field(min_length=1, max_length=1000)
    ]
    notes: Annotated[list[Text], Field(max_length=10)]


class Report(BaseModel):
    """The outcome, and which measures held while it came about."""

    model_config = ConfigDict(extra="ignore")

    confinement: Confinement
    outcome: Converted | Failure
    memory_mb: int | None = Field(None, ge=0, le=1 << 20)
    """The peak of the process, as it says itself: for an estimate, no measure of trust."""
