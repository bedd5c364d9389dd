"""What the two halves of a deployment, which run side by side, report to it."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from shared.domain.model import ModelVersion, ServingRecipe
from shared.wire.outcome import Failed


class Half(BaseModel):
    """Base of both. Where one failed, `failed` says why and `phase` where."""

    model_config = ConfigDict(populate_by_name=True, protected_namespaces=())

    failed: Failed | None = None
    phase: str = ""

    def as_json(self) -> dict[str, Any]:
        """As the history holds it."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True)


class StagedModel(Half):
    """The output of stage_model. Without model and recipe where it failed."""

    model: ModelVersion | None = None
    recipe: ServingRecipe | None = Field(None, alias="serving")


class OpenedEndpoint(Half):
    """The output of open_endpoint; the name also where it failed."""

    endpoint_name: str
