"""Operations: anything that happens to a deployment or an endpoint and takes time."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from shared.domain.failure import Failure
from shared.domain.naming import Id
from shared.domain.timeline import Event, PhaseSummary


class OperationKind(StrEnum):
    """What is done; each kind has an orchestrator."""

    DEPLOY = "deploy"
    DELETE = "delete"
    ROTATE_KEYS = "rotate_keys"
    CHANGE_TRAFFIC = "change_traffic"
    ROLL_BACK = "roll_back"
    SLEEP = "sleep"
    WAKE = "wake"
    BATCH = "batch"
    UPDATE = "update"

    @property
    def orchestrator(self) -> str:
        """The name of the orchestrator that does it."""
        return _ORCHESTRATORS.get(self, str(self))


_ORCHESTRATORS = {
    OperationKind.DEPLOY: "deploy_model",
    OperationKind.DELETE: "delete_deployment",
    OperationKind.BATCH: "deploy_batch",
    OperationKind.SLEEP: "sleep_deployment",
    OperationKind.WAKE: "wake_deployment",
    OperationKind.UPDATE: "update_deployment",
}
"""Where an orchestrator is not named as the kind."""


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
    input: dict[str, Any] = Field(default_factory=dict, exclude=True)
    """What was asked, where the kind has something to ask."""
    error: Failure | None = None
    requested_by: Id | None = None
    """The user; None where Slipway itself saw the need."""
    started_at: datetime
    ended_at: datetime | None = None


class OperationDetail(Operation):
    """An operation with its timeline, folded into phases."""

    phases: list[PhaseSummary] = Field(default_factory=list)
    timeline: list[Event] = Field(default_factory=list, description="Every line, oldest first.")


class Begun(BaseModel):
    """An operation that was asked for, with what its orchestration needs to know."""

    id: Id
    input: dict[str, Any]
    project: str
    """See Records.project."""
    replayed: bool
    """Whether the same was asked for before, and this is that operation."""
