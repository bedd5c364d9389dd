"""Azure ML's side of a deployment, as the pipeline sees it."""

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, Field

from shared.domain.deployment import DeploymentSpec


class Provisioning(StrEnum):
    """Provisioning states folded to what a waiting pipeline must tell apart."""

    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class Workspace(BaseModel):
    name: str
    location: str


class Endpoint(BaseModel):
    name: str
    provisioning: Provisioning
    state: str
    """The service's own word: Creating, Updating, Deleting, Succeeded, Failed."""
    tags: dict[str, str] = Field(default_factory=dict)
    traffic: dict[str, int] = Field(default_factory=dict)
    scoring_uri: str | None = None
    swagger_uri: str | None = None


class Deployment(BaseModel):
    name: str
    provisioning: Provisioning
    state: str
    tags: dict[str, str] = Field(default_factory=dict)
    instance_type: str
    instance_count: int


class DeploymentPlan(BaseModel):
    """Everything Azure ML must be told to run one model version behind an endpoint."""

    endpoint_name: str
    deployment_name: str
    model_name: str
    model_version: str
    environment_name: str
    requirements: list[str]
    spec: DeploymentSpec
    tags: dict[str, str]


class Prediction(BaseModel):
    """An endpoint's answer, whatever it is: the body as text, and who gave it."""

    status: int
    body: str
    content_type: str = "application/json"
    deployment: str | None = None
    """From the header azureml-model-deployment."""
    headers: dict[str, str] = Field(default_factory=dict)


WhichKey = Literal["primary", "secondary"]


class Keys(BaseModel):
    """Fetched on demand; never stored, never logged."""

    primary: str = Field(repr=False)
    secondary: str = Field(repr=False)
