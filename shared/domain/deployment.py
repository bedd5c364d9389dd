"""Deployments: the request and its reply, the specification, the row, a page of rows."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from shared.domain.catalogue import DEFAULT_INSTANCE_TYPE, MAX_INSTANCES
from shared.domain.failure import Failure
from shared.domain.naming import NAME_RULE, Id, is_legal
from shared.domain.release import Autoscale, Release
from shared.domain.status import Status
from shared.domain.text import Text
from shared.domain.variables import EnvironmentVariables


def _legal(name: str) -> str:
    if not is_legal(name):
        raise ValueError(f"use {NAME_RULE}")
    return name


LegalName = Annotated[
    str, Field(min_length=3, max_length=32, examples=["iris-demo"]), AfterValidator(_legal)
]


class DeploymentOptions(BaseModel):
    """What may be asked of a deployment beyond model and names; a new option is a field here."""

    model_config = ConfigDict(protected_namespaces=())

    description: Text | None = Field(None, max_length=1000)
    instance_type: str = DEFAULT_INSTANCE_TYPE
    instance_count: int = Field(1, strict=True, ge=1, le=MAX_INSTANCES)
    environment_variables: EnvironmentVariables = Field(
        default_factory=dict,
        repr=False,
        description="For the container, no place for secrets; shown in the detail alone.",
    )
    release: Release = Field(default_factory=Release)
    keep_previous_minutes: int | None = Field(
        60,
        ge=0,
        le=43_200,
        description="What it replaces goes to sleep after this time; null: never.",
    )
    autoscale: Autoscale | None = Field(
        None, description="instance_count lies between its min and max; its min where left out."
    )
    expires_in_hours: float | None = Field(None, gt=0, le=8760)
    on_expiry: Literal["sleep", "delete"] = "sleep"

    @property
    def most_instances(self) -> int:
        """The most that may run at once, for which quota and price are counted."""
        return self.autoscale.max if self.autoscale else self.instance_count


class DeploymentSettings(DeploymentOptions):
    """All of a deploy request but the model: what a template may hold."""

    model_config = ConfigDict(extra="forbid", protected_namespaces=())

    deployment_name: LegalName | None = Field(None, description="Generated when absent.")
    endpoint_name: Annotated[LegalName, AfterValidator(str.lower)] | None = Field(
        None,
        description="Generated when absent; an endpoint of the caller's is reused. "
        "It becomes a host name, so capitals are made small.",
    )
    instance_type: Text = Field(
        DEFAULT_INSTANCE_TYPE, max_length=64, description="One of GET /instance-types."
    )


class DeployRequest(DeploymentSettings):
    """The body of POST /deployments/deploy: a specification whose names may be left out."""

    model_id: UUID = Field(description="One of the caller's trained models.")
    template_id: UUID | None = Field(
        None, description="A template of the caller's; fields of the request itself win."
    )
    user_id: UUID | None = Field(None, description="For older clients: must be the caller's id.")

    @model_validator(mode="after")
    def _scaled(self) -> "DeployRequest":
        if self.autoscale and "instance_count" not in self.model_fields_set:
            self.instance_count = self.autoscale.min
        if self.autoscale and self.autoscale.within(self.instance_count) != self.instance_count:
            raise ValueError(
                f"instance_count {self.instance_count} lies outside autoscale's "
                f"{self.autoscale.min} to {self.autoscale.max}"
            )
        return self

    @property
    def asked(self) -> dict[str, Any]:
        """The request as JSON, without `user_id` and `template_id`."""
        return self.model_dump(mode="json", exclude={"user_id", "template_id"})


class DeployAccepted(BaseModel):
    """The reply to a deploy or a retry: the work goes on without the caller."""

    deployment_id: Id
    operation_id: Id
    """For GET /operations/{operation_id}."""
    status: Status
    message: str
    endpoint_name: str


class DeploymentSpec(DeploymentOptions):
    """What a user asks for, with every name decided."""

    model_config = ConfigDict(frozen=True, extra="ignore", protected_namespaces=())

    model_id: str
    deployment_name: str
    endpoint_name: str


class TrainedModelSummary(BaseModel):
    """The model of a deployment, as lists and details embed it."""

    model_config = ConfigDict(extra="ignore", protected_namespaces=())

    model_name: str
    algorithm: str | None = None


class DeploymentRow(BaseModel):
    """A row of `deployments`, as its owner sees it."""

    model_config = ConfigDict(extra="ignore", protected_namespaces=())

    id: Id
    user_id: Id
    model_id: Id | None = Field(description="Null where the model was removed.")
    deployment_name: str
    endpoint_name: str
    description: str | None = None
    instance_type: str
    instance_count: int
    environment_variables: EnvironmentVariables | None = Field(None, repr=False)
    """None in lists, which show no variables."""
    revision: int = 1
    """Its number among the deployments of its endpoint, from 1; none is given twice."""
    release: Release | None = None
    keep_previous_minutes: int | None = None
    autoscale: Autoscale | None = None
    expires_in_hours: float | None = None
    on_expiry: Literal["sleep", "delete"] | None = None
    expires_at: datetime | None = None
    recipe: dict[str, Any] | None = Field(None, exclude=True, repr=False)
    """The ServingRecipe of its container; the pipeline reads it, no reply has it."""
    sleeps_at: datetime | None = None
    """When it goes to sleep, because another one has replaced it."""
    status: Status
    azure_model_name: str | None = None
    azure_model_version: str | None = None
    scoring_uri: str | None = None
    swagger_uri: str | None = None
    error_message: str | None = None
    error: Failure | None = None
    created_at: datetime
    updated_at: datetime
    deployed_at: datetime | None = None
    deleted_at: datetime | None = None
    trained_models: TrainedModelSummary | None = None
    """Embedded in lists and details; of a model that was removed, as it was."""

    @property
    def spec(self) -> DeploymentSpec:
        """What its user asked for, with defaults where a row of an older release has null."""
        asked = self.model_dump(include=set(DeploymentSpec.model_fields))
        # Null in keep_previous_minutes means for ever.
        return DeploymentSpec.model_validate(
            {
                name: value
                for name, value in asked.items()
                if value is not None or name == "keep_previous_minutes"
            }
        )


class Deleted(BaseModel):
    """A soft delete: the status that the row had, and the operation that tears it down."""

    status: Status
    operation_id: str | None = None
    """None for one that was in flight: it stops by itself."""


class Requested(BaseModel):
    """A requested deployment; `replayed` when an Idempotency-Key was seen before."""

    deployment: DeploymentRow
    replayed: bool = False
    project: str
    """See Records.project."""


class DeploymentQuery(BaseModel):
    """A page of the list, newest first."""

    model_config = ConfigDict(extra="forbid")

    status: Status | None = None
    search: Text | None = None
    """Case-insensitive, over deployment, endpoint and model name."""
    limit: int = Field(20, ge=1, le=100)
    cursor: str | None = None
    """Opaque; from the page before."""


class DeploymentPage(BaseModel):
    """The reply of GET /deployments/list."""

    deployments: list[DeploymentRow]
    total: int
    """All that match the filters, not only this page."""
    next_cursor: str | None = None


class Limits(BaseModel):
    """Per user; kept in the database so that every instance of the app agrees."""

    max_deploying: int
    max_active: int
    max_requests_per_minute: int
    allow_anonymous: bool = False
