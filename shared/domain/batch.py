"""Batches: up to 20 deployments that are asked for at once, and how each of them stands."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, computed_field

from shared.domain.deployment import DeploymentSpec, DeployRequest
from shared.domain.failure import Failure
from shared.domain.naming import Id
from shared.domain.operation import OperationStatus
from shared.domain.status import Status

MAX_BATCH = 20
OnFailure = Literal["go_on", "stop"]


class BatchRequest(BaseModel):
    """The body of POST /deployments/batch."""

    model_config = ConfigDict(extra="forbid")

    deployments: list[DeployRequest] = Field(
        min_length=1, max_length=MAX_BATCH, description="As for POST /deployments/deploy."
    )
    at_once: int = Field(
        MAX_BATCH, strict=True, ge=1, le=MAX_BATCH, description="How many deploy at a time."
    )
    on_failure: OnFailure = Field(
        "go_on", description="stop: after a failure what has not begun fails too."
    )
    user_id: UUID | None = Field(None, description="For older clients: must be the caller's id.")


class BatchMember(BaseModel):
    """One deployment of a batch that is asked for."""

    id: str
    spec: DeploymentSpec
    place: int
    """Its number in the order in which they begin, from 0."""


class BatchedDeployment(BaseModel):
    """A deployment as its batch shows it."""

    model_config = ConfigDict(extra="ignore", protected_namespaces=())

    deployment_id: Id
    model_id: Id | None = Field(description="Null where the model was removed.")
    deployment_name: str
    endpoint_name: str
    status: Status
    waiting: bool = Field(description="Its turn has not come; it is deploying to whoever asks.")
    error: Failure | None = None


class Batch(BaseModel):
    """A batch as it stands: an operation, and its deployments in the order of the request."""

    model_config = ConfigDict(extra="ignore")

    batch_id: Id
    user_id: Id = Field(exclude=True)
    status: OperationStatus
    error: Failure | None = None
    at_once: int
    on_failure: OnFailure
    started_at: datetime
    ended_at: datetime | None = None
    deployments: list[BatchedDeployment]

    def counted(self, status: Status) -> int:
        """How many of its deployments have this status."""
        return sum(each.status is status for each in self.deployments)

    @computed_field(description="All of them; those that were deleted since too.")  # type: ignore[prop-decorator]
    @property
    def total(self) -> int:
        return len(self.deployments)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def active(self) -> int:
        return self.counted(Status.ACTIVE)

    @computed_field(description="Those that wait for their turn too.")  # type: ignore[prop-decorator]
    @property
    def deploying(self) -> int:
        return self.counted(Status.DEPLOYING)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def failed(self) -> int:
        return self.counted(Status.FAILED)


class RequestedBatch(BaseModel):
    """A batch that was asked for; `replayed` when its Idempotency-Key was seen before."""

    batch: Batch
    replayed: bool = False


class BatchAccepted(BaseModel):
    """The reply to a batch: the work goes on without the caller."""

    batch_id: Id
    message: str
    deployments: list[BatchedDeployment]


class BatchCancellation(BaseModel):
    """The reply to the cancellation of a batch."""

    message: str
    cancelled: int
    """How many had not begun, and have failed now."""
