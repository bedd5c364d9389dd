"""What travels through a pipeline: one model in, one model out for each phase.

Histories outlive releases: add optional fields, never repurpose one.
"""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from shared.outcome import Failed
from shared.schemas.endpoint import WhichKey
from shared.schemas.model import ModelVersion, Serving


class Deadlines(BaseModel):
    """Seconds; taken from Settings when the orchestration starts, so that replays agree."""

    endpoint: float
    deployment: float
    traffic: float
    removal: float
    step: float | None = None
    """Every other phase."""

    @property
    def whole(self) -> float:
        """A run that uses up every one of them, its clean-up's three removals included."""
        step = self.step or 0
        staged = max(self.endpoint, 2 * step)
        return staged + self.deployment + self.traffic + 3 * self.removal + 4 * step


class Run(BaseModel):
    """The input of every orchestration: one deployment and the names it uses in Azure ML."""

    model_config = ConfigDict(protected_namespaces=())

    deployment_id: str
    user_id: str
    model_id: str
    deployment_name: str
    endpoint_name: str
    endpoint_generated: bool = False
    """The user gave no endpoint name, so that another may be generated when it is taken."""
    instance_type: str
    instance_count: int
    deadlines: Deadlines
    project: str = ""
    """The database that knows this deployment: Records.project()."""
    request_id: str | None = None
    traceparent: str | None = None
    """W3C trace context of the request that started it."""


class Phase(BaseModel):
    """Base of every phase's input."""

    model_config = ConfigDict(protected_namespaces=())

    run: Run
    poll: int = 0
    """0 when the phase begins, then counts its checks."""


class Progress(BaseModel):
    """Base of every phase's value. While `waiting`, the phase is called again after a timer."""

    waiting: bool = False
    message: str = ""
    """For the timeline and the custom status, in words."""


class VerifyWorkspace(Phase):
    pass


class VerifiedWorkspace(Progress):
    location: str
    usd_per_hour: float | None = None


class PrepareModel(Phase):
    pass


class PreparedModel(Progress):
    """Without artifact and serving only while waiting."""

    artifact: str = ""
    """Key of the converted folder in the bucket `artifacts`."""
    serving: Serving | None = None


class RegisterModel(Phase):
    artifact: str
    version: str


class RegisteredModel(Progress):
    model: ModelVersion


class CreateEndpoint(Phase):
    pass


class RenameEndpoint(Phase):
    pass


class RenamedEndpoint(Progress):
    endpoint_name: str


class CreateDeployment(Phase):
    model: ModelVersion
    serving: Serving


class CreatedDeployment(Progress):
    traffic_before: dict[str, int] = Field(default_factory=dict)


class VerifyDeployment(Phase):
    example: dict[str, Any]


class VerifiedDeployment(Progress):
    prediction: str = ""


class ShiftTraffic(Phase):
    pass


class Finalize(Phase):
    model: ModelVersion


class WithdrawTraffic(Phase):
    restore: dict[str, int] = Field(default_factory=dict)
    """What carried traffic before this run; empty gives it to the newest that remains."""


class RemoveDeployment(Phase):
    pass


class RemoveEndpoint(Phase):
    only_if_made_by_run: bool
    """After a failed run, an endpoint that was there before stays."""


class RemovedEndpoint(Progress):
    in_use: bool = False
    """It is ours and stays, because others use it: worth another look when this run has ended."""


class RotateKey(Phase):
    key: WhichKey


class RecordFailure(Phase):
    phase: str
    failed: Failed
    clean: bool = True
    """Everything that this run had made is removed."""
