"""A cloud's side of a deployment, as the pipeline sees it: neutral words for any serving target."""

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.domain.deployment import DeploymentSpec


class Provisioning(StrEnum):
    """A cloud's provisioning states folded to what a waiting pipeline must tell apart."""

    CREATING = "creating"
    CHANGING = "changing"
    REMOVING = "removing"
    SUCCEEDED = "succeeded"
    FAILED = "failed"

    @property
    def runs(self) -> bool:
        """An operation runs; the resource takes no other."""
        return self not in (Provisioning.SUCCEEDED, Provisioning.FAILED)


class Marks(BaseModel):
    """By which Slipway knows whose a resource is; a cloud keeps them as tags or labels."""

    model_config = ConfigDict(frozen=True)

    owner: str = ""
    """The user's id."""
    deployment: str = ""
    """The id of the Slipway deployment that made it."""
    project: str = ""
    """The database that knows the deployment, where several share a workspace."""


class Workspace(BaseModel):
    name: str
    location: str


class Endpoint(BaseModel):
    name: str
    provisioning: Provisioning
    marks: Marks = Marks()
    traffic: dict[str, int] = Field(default_factory=dict)
    mirror: dict[str, int] = Field(default_factory=dict)
    """Copied requests, whose answers are dropped."""
    scoring_uri: str | None = None
    swagger_uri: str | None = None


class Deployment(BaseModel):
    name: str
    provisioning: Provisioning
    marks: Marks = Marks()
    instance_type: str
    instance_count: int
    """As it is now: autoscale changes it."""
    environment_variables: dict[str, str] = Field(default_factory=dict, repr=False)
    """Those of its user."""


class AutoscaleSetting(BaseModel):
    """By which a cloud changes the instance count of one deployment; it may outlive that one."""

    endpoint_name: str
    deployment_name: str
    marks: Marks = Marks()


class DeploymentPlan(BaseModel):
    """Everything a cloud must be told to run one model version behind an endpoint."""

    endpoint_name: str
    deployment_name: str
    model_name: str
    model_version: str
    environment_name: str
    requirements: list[str]
    spec: DeploymentSpec
    marks: Marks


class Prediction(BaseModel):
    """An endpoint's answer, whatever it is: the body as text, and who gave it."""

    status: int
    body: str
    content_type: str = "application/json"
    deployment: str | None = None
    """Which of the endpoint's deployments answered, where the cloud tells."""
    headers: dict[str, str] = Field(default_factory=dict)


WhichKey = Literal["primary", "secondary"]


class Keys(BaseModel):
    """Fetched on demand; never stored, never logged."""

    primary: str = Field(repr=False)
    secondary: str = Field(repr=False)
