"""Templates: a user's named settings of a deployment, kept as they were sent."""

import json
from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from shared.domain.deployment import DeploymentSettings
from shared.domain.naming import Id
from shared.domain.text import Line

MAX_SETTINGS_BYTES = 15_000
"""As JSON; the database allows a little more, since it writes it with more spaces."""


def _of_bounded_size(settings: DeploymentSettings) -> DeploymentSettings:
    size = len(json.dumps(sent(settings), ensure_ascii=False).encode())
    if size > MAX_SETTINGS_BYTES:
        raise ValueError(f"use at most {MAX_SETTINGS_BYTES} bytes of JSON, not {size}")
    return settings


class TemplateRequest(BaseModel):
    """The body of POST /templates and of PUT /templates/{id}, which replaces all of it."""

    model_config = ConfigDict(extra="forbid")

    name: Line = Field(min_length=1, max_length=100, description="Unique among the caller's.")
    settings: Annotated[DeploymentSettings, AfterValidator(_of_bounded_size)] = Field(
        description="What a deploy request may have, but the model."
    )


class Template(BaseModel):
    """A row of `templates`. Settings that are legal no more are shown as they are."""

    model_config = ConfigDict(extra="ignore")

    id: Id
    name: str
    settings: dict[str, Any] = Field(
        repr=False, description="The fields that were sent; what is absent has its default."
    )
    created_at: datetime
    updated_at: datetime


class TemplateList(BaseModel):
    """All of the caller's templates, by name: there are at most 50."""

    templates: list[Template]
    total: int


def sent(settings: BaseModel) -> dict[str, Any]:
    """The fields that were sent, as JSON; no defaults."""
    return settings.model_dump(mode="json", exclude_unset=True)
