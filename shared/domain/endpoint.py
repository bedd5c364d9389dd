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
    """What Slipway writes on a resource to know whose it is; a cloud keeps it as tags or labels."""

    model_config = ConfigDict(frozen=True)

    owner: str = ""
    """The user's id."""
    deployment: str = ""
    """The id of the Slipway deployment that made it."""
    project: str = ""
    """The database that knows the deployment, where several share a workspace."""


class Workspace(BaseModel):
    """Where the cloud keeps Slipway's endpoints: its name, and its region."""

    name: str
    location: str


class Endpoint(BaseModel):
    """An endpoint as the cloud has it now."""

    name: str
    provisioning: Provisioning
    marks: Marks = Marks()
    traffic: dict[str, int] = Field(default_factory=dict)
    """Deployment name to its percentage of the requests."""
    mirror: dict[str, int] = Field(default_factory=dict)
    """The same of copied requests, whose answers are dropped."""
    scoring_uri: str | None = None
    swagger_uri: str | None = None


class Deployment(BaseModel):
    """A deployment as the cloud has it now."""

    name: str
    provisioning: Provisioning
    marks: Marks = Marks()
    instance_type: str
    instance_count: int
    """As it is now: autoscale changes it."""
    environment_variables: dict[str, str] = Field(default_factory=dict, repr=False)
    """Those that its user gave it, without the service's and Slipway's own."""


class AutoscaleSetting(BaseModel):
    """The cloud's setting that changes one deployment's instance count; it may outlive that one."""

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
    """What an endpoint answered to a request, whatever its HTTP status."""

    status: int
    body: str
    content_type: str = "application/json"
    deployment: str | None = None
    """Which of the endpoint's deployments answered, where the cloud tells."""
    headers: dict[str, str] = Field(default_factory=dict)
    """Those of the answer that its caller may see."""


WhichKey = Literal["primary", "secondary"]


class Keys(BaseModel):
    """An endpoint's two keys: fetched on demand, never stored, never logged."""

    primary: str = Field(repr=False)
    secondary: str = Field(repr=False)
