"""Deployments as the API shows them: one with its phases, counts of them, which log is read."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.domain.deployment import DeploymentRow
from shared.domain.timeline import PhaseSummary


class DeploymentDetail(DeploymentRow):
    """A deployment with its timeline, folded into phases."""

    phases: list[PhaseSummary] = Field(default_factory=list)


class DeploymentStats(BaseModel):
    """The reply of GET /deployments/stats: the caller's deployments, counted."""

    total_deployments: int = 0
    """Every deployment ever made, deleted ones included."""
    active_deployments: int = 0
    deploying_count: int = 0
    failed_deployments: int = 0
    asleep_deployments: int = 0
    last_deployment_date: datetime | None = None


class LogQuery(BaseModel):
    """Which log of a deployment is read, and how many of its last lines."""

    model_config = ConfigDict(extra="forbid")

    lines: int = Field(100, ge=1, le=5000)
    container: Literal["inference-server", "storage-initializer"] = "inference-server"


class Message(BaseModel):
    """A reply that only says what was done."""

    message: str
