"""What goes into each phase and comes out of it: one model in, one model out.

Histories outlive releases: add optional fields, never repurpose one.
"""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from shared.domain.endpoint import WhichKey
from shared.domain.model import ModelVersion, ServingRecipe
from shared.domain.release import Autoscale
from shared.domain.traffic import TrafficSplit
from shared.domain.update import CloudChange
from shared.wire.outcome import Failed
from shared.wire.run import DeployRun, Run


class PhaseInput(BaseModel):
    """Base of every phase's input."""

    model_config = ConfigDict(protected_namespaces=(), populate_by_name=True)

    run: Run
    poll: int = 0
    """0 when the phase begins, then how often it has waited since."""


class DeployPhaseInput(PhaseInput):
    """Base of the phases that make something: they also know what the user asked for."""

    run: DeployRun


class PhaseResult(BaseModel):
    """Base of every phase's value. While `waiting`, the phase is called again after a timer."""

    model_config = ConfigDict(populate_by_name=True)

    waiting: bool = False
    message: str = ""
    """For the timeline and the custom status, in words."""


class VerifyWorkspace(DeployPhaseInput):
    pass


class VerifiedWorkspace(PhaseResult):
    location: str
    usd_per_hour: float | None = None


class PrepareModel(DeployPhaseInput):
    pass


class PreparedModel(PhaseResult):
    """Without artifact and recipe only while waiting."""

    artifact: str = ""
    """Key of the converted folder in the bucket `artifacts`."""
    recipe: ServingRecipe | None = Field(None, alias="serving")

    @property
    def finished_recipe(self) -> ServingRecipe:
        """Raises ValueError while waiting."""
        if self.recipe is None:
            raise ValueError("the model is not prepared yet")
        return self.recipe


class RegisterModel(DeployPhaseInput):
    artifact: str
    version: str


class RegisteredModel(PhaseResult):
    model: ModelVersion


class CreateEndpoint(DeployPhaseInput):
    pass


class RenameEndpoint(DeployPhaseInput):
    pass


class RenamedEndpoint(PhaseResult):
    endpoint_name: str


class CreateDeployment(DeployPhaseInput):
    model: ModelVersion
    recipe: ServingRecipe = Field(alias="serving")


class CreatedDeployment(PhaseResult):
    traffic_before: dict[str, int] = Field(default_factory=dict)
    mirror_before: dict[str, int] = Field(default_factory=dict)


class VerifyDeployment(DeployPhaseInput):
    example: dict[str, Any]


class VerifiedDeployment(PhaseResult):
    prediction: str = ""


class ShiftTraffic(DeployPhaseInput):
    pass


class Finalize(DeployPhaseInput):
    model: ModelVersion
    recipe: ServingRecipe | None = None
    """Kept, so that waking it converts nothing."""


class MoveTraffic(PhaseInput):
    """For a deployment that is no longer deploying."""

    wanted: TrafficSplit
    expected: TrafficSplit | None = None
    """Anything else that is found is kept; None: whatever is there."""


class StepRelease(DeployPhaseInput):
    """For a deployment that is being released; it ends where its owner deletes that."""

    wanted: TrafficSplit
    expected: TrafficSplit
    """As the step before left it."""


class WatchRelease(DeployPhaseInput):
    before: list[str]
    """The deployments that it is compared with."""
    share: int
    since: datetime
    until: datetime
    last: bool
    """The step is over: good, bad, or too few requests."""
    note: str = ""
    """For the timeline: what its owner has asked of the release meanwhile."""


class WatchedRelease(PhaseResult):
    silent: bool = False
    """Too few requests to judge by."""


class RecallRecipe(DeployPhaseInput):
    pass


class RecalledRecipe(PhaseResult):
    """Nothing for a deployment of before there was sleep: its model is prepared again."""

    model: ModelVersion | None = None
    recipe: ServingRecipe | None = None


class ReturnToSleep(PhaseInput):
    failed: Failed
    """Why it could not be woken."""


class SetAutoscale(DeployPhaseInput):
    """For a deployment that is up, whether it is being deployed, woken or updated."""

    autoscale: Autoscale | None
    """None removes it."""


class VerifyUpdate(DeployPhaseInput):
    change: CloudChange


class VerifiedUpdate(PhaseResult):
    """The count means nothing while waiting."""

    instance_count: int = 1
    """As it was, for the way back."""


class ChangeVariables(DeployPhaseInput):
    environment_variables: dict[str, str] = Field(repr=False)


class ScaleDeployment(DeployPhaseInput):
    instance_count: int


class KeepUpdate(DeployPhaseInput):
    change: CloudChange


class RestoreDeployment(DeployPhaseInput):
    """After an update that failed: what it has changed is as it was in the run's specification."""

    change: CloudChange
    instance_count: int


class WithdrawTraffic(PhaseInput):
    restore: dict[str, int] = Field(default_factory=dict)
    """What carried traffic before this run; empty gives it to the newest that remains."""


class RemoveDeployment(PhaseInput):
    pass


class RemoveEndpoint(PhaseInput):
    only_if_made_by_run: bool
    """After a failed run, an endpoint that was there before stays."""


class RemovedEndpoint(PhaseResult):
    in_use: bool = False
    """It is ours and stays, because others use it: worth another look when this run has ended."""


class RotateKey(PhaseInput):
    key: WhichKey


class EndOperation(PhaseInput):
    failed: Failed | None = None
    """Why it failed; None where it succeeded."""


class RecordFailure(PhaseInput):
    phase: str
    failed: Failed
    clean: bool = True
    """Everything that this run had made is removed."""
