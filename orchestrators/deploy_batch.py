"""Deploy a batch: lanes run beside each other, and in each lane one deployment after another."""

from typing import Any

from azure.durable_functions import DurableOrchestrationContext
from shared.wire.batch import BatchRun, EndBatch
from shared.wire.phases import PhaseResult

from orchestrators.support.call_phase import PhaseFailed, Steps, call_phase


def deploy_batch(context: DurableOrchestrationContext) -> Steps[dict[str, Any]]:
    """Input: a BatchRun. Output: `{"status": "ended"}`; its operation says how.

    Each lane is an orchestration of its own. One task_any over all deployments would not do: of a
    group with tasks that an earlier group had, a durable host waits for the new ones alone.
    """
    run = BatchRun.model_validate(context.get_input())
    yield context.task_all(
        [
            context.call_sub_orchestrator(
                "deploy_in_turn",
                run.model_copy(update={"lane": lane}).model_dump(mode="json"),
                f"{context.instance_id}-{lane}",
            )
            for lane in range(run.lanes)
        ]
    )
    try:
        yield from call_phase(context, EndBatch(run=run), PhaseResult)
    except PhaseFailed as failure:  # left to the sweeper
        context.set_custom_status({"phase": failure.phase, "message": failure.failed.message})
    return {"status": "ended"}
