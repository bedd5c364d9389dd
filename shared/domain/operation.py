"""Operations: anything that happens to a deployment or an endpoint and takes time."""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from shared.domain.failure import Failure
from shared.domain.naming import Id
from shared.domain.timeline import PhaseSummary


class OperationKind(StrEnum):
    """What is done; each kind has an orchestrator."""

    DEPLOY = "deploy"
    DELETE = "delete"
    ROTATE_KEYS = "rotate_keys"
    BATCH = "batch"

    @property
    def orchestrator(self) -> str:
        """The name of the orchestrator that does it."""
        return {
            "deploy": "deploy_model",
            "delete": "delete_deployment",
            "batch": "deploy_batch",
        }.get(self, str(self))


class OperationStatus(StrEnum):
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class Operation(BaseModel):
    """A row of `operations`; its id is its orchestration's instance id."""

    model_config = ConfigDict(extra="ignore")

    id: Id
    kind: OperationKind
    endpoint_name: str
    deployment_id: Id | None = None
    """None where the deployment's row is gone, with its user's account."""
    parent_id: Id | None = None
    """Of a retry: the operation that failed. Of a deployment in a batch: the batch."""
    status: OperationStatus
    error: Failure | None = None
    requested_by: Id | None = None
    """The user; None where Slipway itself saw the need."""
    started_at: datetime
    ended_at: datetime | None = None


class OperationDetail(Operation):
    """An operation with its timeline, folded into phases."""

    phases: list[PhaseSummary] = Field(default_factory=list)
