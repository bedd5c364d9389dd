"""One lane of a batch: deploy the next that waits, wait for its end, until none waits."""

from typing import Any

from azure.durable_functions import DurableOrchestrationContext
from shared.errors.waiting import BatchStopped, OrchestrationLost
from shared.wire.batch import BatchRun, SkipWaiting, TakeTurn, TurnTaken
from shared.wire.outcome import Failed
from shared.wire.phases import PhaseResult
from shared.wire.run import DeployRun

from orchestrators.support.call_phase import PhaseFailed, Steps, call_phase

MOST_TURNS = 20
"""As many as the largest batch has deployments."""


def deploy_in_turn(context: DurableOrchestrationContext) -> Steps[dict[str, Any]]:
    """Input: a BatchRun with its lane. Output: `{"deployed": turns}`, how many it took.

    A turn that cannot be taken in time ends the lane; what still waits is left to the others, and
    at last to the sweeper.
    """
    run = BatchRun.model_validate(context.get_input())
    for turn in range(MOST_TURNS):
        try:
            taken = yield from call_phase(context, TakeTurn(run=run, turn=turn), TurnTaken)
            if taken.deployment is None:
                return {"deployed": turn}
            code = yield from _deploy(context, taken.deployment)
            if code and run.on_failure == "stop":
                stopped = Failed.because(
                    BatchStopped(
                        taken.deployment.deployment_name, taken.deployment.endpoint_name, code
                    )
                )
                yield from call_phase(context, SkipWaiting(run=run, failed=stopped), PhaseResult)
        except PhaseFailed as failure:
            context.set_custom_status({"phase": failure.phase, "message": failure.failed.message})
            return {"deployed": turn}
    return {"deployed": MOST_TURNS}


def _deploy(context: DurableOrchestrationContext, run: DeployRun) -> Steps[str | None]:
    """Deploy it to its end; the code of its failure, None where it is active."""
    try:
        ended = yield context.call_sub_orchestrator(
            "deploy_model", run.model_dump(mode="json"), run.deployment_id
        )
    except Exception:  # terminated, or crashed: the sweeper ends its row
        return OrchestrationLost.code
    return None if ended["status"] == "active" else str(ended["code"])
