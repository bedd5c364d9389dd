"""A user's models as the API shows them: the row, its file, what the scan says of it."""

import json
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from shared.domain.model import FileRefusal
from shared.domain.naming import Id
from shared.domain.text import Line, PlainJson, Text

MAX_METADATA_BYTES = 32768


class _Parsed(BaseModel):
    model_config = ConfigDict(extra="ignore", protected_namespaces=())


class _Sent(BaseModel):
    model_config = ConfigDict(extra="forbid", protected_namespaces=())


class Scan(_Parsed):
    """The verdict of the scan on a file, as a deployment of it would get it."""

    verdict: Literal["allowed", "refused", "unreadable"]
    reasons: list[str]
    libraries: dict[str, str] = Field(description="Library to version, as the file tells them.")
    sha256: str
    refusal: FileRefusal | None = Field(None, description="Why, and what to do; null if allowed.")
    note: str = Field("", description="In what form the model was found, where it is not plain.")
    scanner: str = Field("", description="The release of the scan's rules.")
    scanned_at: datetime | None = None


class ModelRow(_Parsed):
    """A row of `trained_models` with its file in the bucket `models`."""

    id: Id
    user_id: Id
    model_name: str
    algorithm: str | None = None
    file_path: str
    metadata: dict[str, Any] | None = None
    created_at: datetime
    size_bytes: int | None = Field(None, description="Null where the file is not there.")
    content: str | None = Field(None, description="Changes when the file's content does.")
    scan: Scan | None = Field(None, description="Null where the file was not scanned yet.")
    living_deployments: int = Field(0, description="Those deploying, active or asleep.")


class ModelPage(BaseModel):
    """The reply of GET /models."""

    models: list[ModelRow]
    total: int
    """All that match the filters, not only this page."""
    next_cursor: str | None = None


class ModelQuery(_Sent):
    """A page of the list, newest first."""

    search: Text | None = Field(
        None, max_length=1000, description="Case-insensitive, over name and algorithm."
    )
    limit: int = Field(20, ge=1, le=100)
    cursor: str | None = Field(None, description="Opaque; `next_cursor` of the page before.")


def _of_bounded_size(metadata: dict[str, Any]) -> dict[str, Any]:
    if len(json.dumps(metadata, ensure_ascii=False).encode()) > MAX_METADATA_BYTES:
        raise ValueError(f"use at most {MAX_METADATA_BYTES} bytes of JSON")
    return metadata


class RegisterModel(_Sent):
    """The body of POST /models, for a file that was uploaded to the bucket `models`."""

    model_name: Line = Field(min_length=1, max_length=200)
    file_path: Text = Field(
        max_length=900, description="In the bucket `models`: `<user id>/<file name>`."
    )
    algorithm: Annotated[
        Line | None, BeforeValidator(lambda sent: None if sent == "" else sent)
    ] = Field(None, max_length=200)
    metadata: Annotated[PlainJson, AfterValidator(_of_bounded_size)] = Field(
        default_factory=dict,
        description="May hold `feature_names`, in training order.",
    )


class RenameModel(_Sent):
    """The body of PATCH /models/{id}."""

    model_name: Line = Field(min_length=1, max_length=200)


class ModelRemoved(BaseModel):
    """The reply to the removal of a model."""

    message: str
    file_removed: bool
    """False where another model has the same file, or Storage does not answer."""
