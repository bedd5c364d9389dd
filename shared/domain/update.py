"""What a PATCH changes of a deployment: some of it in the database alone, some in the cloud."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    model_serializer,
)
from pydantic.json_schema import SkipJsonSchema

from shared.domain.catalogue import MAX_INSTANCES
from shared.domain.deployment import DeploymentRow
from shared.domain.operation import Begun
from shared.domain.release import Autoscale
from shared.domain.text import Text
from shared.domain.variables import EnvironmentVariables

IN_THE_CLOUD = ("instance_count", "autoscale", "environment_variables")
"""Fields of a DeploymentPatch that an operation changes, because the cloud takes time for it."""


class DeploymentPatch(BaseModel):
    """The body of PATCH /deployments/{id}; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    description: Text | None = Field(None, max_length=1000, description="null removes it.")
    expires_in_hours: float | None = Field(
        None, gt=0, le=8760, description="From now on; null: never."
    )
    on_expiry: Literal["sleep", "delete"] = "sleep"
    instance_count: int = Field(1, strict=True, ge=1, le=MAX_INSTANCES)
    autoscale: Autoscale | None = Field(
        None, description="null removes it; then instance_count holds again."
    )
    environment_variables: EnvironmentVariables = Field(
        default_factory=dict,
        repr=False,
        description="All of them: those left out are removed. No place for secrets. "
        "The containers are replaced one after the other; the image stays.",
    )
    instance_type: SkipJsonSchema[Any] = None
    """Known only to be refused with the way that there is: another size is a new revision."""

    @property
    def asked(self) -> dict[str, Any]:
        """What was sent, as JSON."""
        return self.model_dump(mode="json", include=self.model_fields_set)


class CloudChange(BaseModel):
    """What an update changes in the cloud; what it was not asked for is left out."""

    model_config = ConfigDict(frozen=True)

    instance_count: int | None = None
    autoscale: Autoscale | None = None
    environment_variables: dict[str, str] | None = Field(None, repr=False)

    @model_serializer(mode="wrap")
    def _as_asked(self, everything: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """On its way through a history, what was not asked for stays left out."""
        asked = self.model_fields_set
        return {name: value for name, value in everything(self).items() if name in asked}

    @property
    def autoscales(self) -> bool:
        """Whether it sets or removes autoscale."""
        return "autoscale" in self.model_fields_set

    def limits(self, before: Autoscale | None) -> Autoscale | None:
        """The autoscale that holds after it, where `before` held until then."""
        return self.autoscale if self.autoscales else before


def legal_change(asked: Mapping[str, Any]) -> CloudChange:
    """The change that an operation's row asks for. Raises ValidationError where no request could
    have asked for it: a user may write such a row past the API.
    """
    DeploymentPatch.model_validate({name: asked[name] for name in asked if asked[name] is not None})
    return CloudChange.model_validate(asked)


class Updated(BaseModel):
    """The row as it is now, and the operation that goes on where the cloud has to change."""

    deployment: DeploymentRow
    operation: Begun | None = None
