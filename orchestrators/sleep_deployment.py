"""Remove a deployment's container; its endpoint, row, model version and settings stay."""

from typing import Any

from azure.durable_functions import DurableOrchestrationContext
from shared.errors.waiting import LeftToSweeper
from shared.wire.outcome import Failed
from shared.wire.phases import PhaseResult, RemoveDeployment, WithdrawTraffic
from shared.wire.run import Run

from orchestrators.support.call_phase import PhaseFailed, Steps, call_phase
from orchestrators.support.end_operation import end_operation


def sleep_deployment(context: DurableOrchestrationContext) -> Steps[dict[str, Any]]:
    """Input: a Run. Output: `{"status": "asleep" | "left_to_sweeper"}`."""
    run = Run.model_validate(context.get_input())
    due, failed = run.deadlines.removal, None
    for step in (WithdrawTraffic(run=run), RemoveDeployment(run=run)):
        try:
            yield from call_phase(context, step, PhaseResult, deadline=due)
        except PhaseFailed:  # told in the timeline; the sweeper takes what does not sleep
            failed = Failed.because(LeftToSweeper())
    yield from end_operation(context, run, failed)
    return {"status": "left_to_sweeper" if failed else "asleep"}
