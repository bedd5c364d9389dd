"""The inputs and results of a batch: its run, the turns of its deployments, its end."""

from shared.domain.batch import OnFailure
from shared.wire.outcome import Failed
from shared.wire.phases import PhaseInput, PhaseResult
from shared.wire.run import DeployRun, Run


class BatchRun(Run):
    """The input of deploy_batch. Its operation is the batch; no single deployment is its own."""

    deployment_id: str = ""
    deployment_name: str = ""
    endpoint_name: str = ""
    lanes: int
    """How many deployments go on beside each other."""
    on_failure: OnFailure
    lane: int = 0
    """Of deploy_in_turn: which one this is."""

    @property
    def batch_id(self) -> str:
        return self.operation_id or ""


class BatchPhaseInput(PhaseInput):
    run: BatchRun


class TakeTurn(BatchPhaseInput):
    turn: int
    """Of the lane, from 0: the same turn asked again gets the same deployment."""


class TurnTaken(PhaseResult):
    deployment: DeployRun | None = None
    """None where none waits any more."""


class SkipWaiting(BatchPhaseInput):
    failed: Failed
    """Why what has not begun does not begin."""


class EndBatch(BatchPhaseInput):
    pass
