"""The input of an orchestration: one deployment, its names in the cloud, and its deadlines."""

from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator

from shared.domain.deployment import DeploymentSpec
from shared.domain.traffic import TrafficSplit
from shared.domain.update import CloudChange


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
        """Seconds of a run that uses up all of them, three removals of a clean-up included."""
        step = self.step or 0
        staged = max(self.endpoint, 2 * step)
        return staged + self.deployment + self.traffic + 3 * self.removal + 4 * step


class Run(BaseModel):
    """The input of every orchestration of a deployment; of most of them, all of it."""

    model_config = ConfigDict(protected_namespaces=())

    deployment_id: str
    operation_id: str | None = None
    """The operation that this run is; None in runs that began before there were operations."""
    user_id: str
    deployment_name: str
    endpoint_name: str
    """As it is now: a generated name that was taken has been replaced."""
    deadlines: Deadlines
    project: str = ""
    """The database that knows this deployment: Records.project()."""
    request_id: str | None = None
    traceparent: str | None = None
    """W3C trace context of the request that started it."""


class DeployRun(Run):
    """The input of deploy_model: also what the user asked for."""

    spec: DeploymentSpec
    endpoint_generated: bool = False
    """The user gave no endpoint name, so that another may be generated when it is taken."""

    @model_validator(mode="before")
    @classmethod
    def _with_spec(cls, run: Any) -> Any:
        """Runs of releases before 0.2 held the specification's fields beside the others."""
        if isinstance(run, dict) and "spec" not in run:
            return {**run, "spec": {k: run[k] for k in DeploymentSpec.model_fields if k in run}}
        return run


class RollBackRun(DeployRun):
    """The input of roll_back: the revision that is to serve again."""

    asleep: bool
    """It has to be woken first."""


class UpdateRun(DeployRun):
    """The input of update_deployment; its specification is the one of before."""

    change: CloudChange


class TrafficRun(Run):
    """The input of change_traffic."""

    wanted: TrafficSplit
    expected: TrafficSplit
    """As the caller saw it; where the cloud has another, that stays and the run fails."""
