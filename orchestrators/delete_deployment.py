"""Remove the cloud resources of a deployment that was deleted, retried until they are gone."""

from typing import Any

from azure.durable_functions import DurableOrchestrationContext
from shared.errors.waiting import LeftToSweeper
from shared.wire.outcome import Failed
from shared.wire.run import Run

from orchestrators.support.call_phase import Steps
from orchestrators.support.clean_up import clean_up
from orchestrators.support.end_operation import end_operation
from orchestrators.support.versions import is_at_least


def delete_deployment(context: DurableOrchestrationContext) -> Steps[dict[str, Any]]:
    """Input: a Run. Output: `{"status": "removed" | "left_to_sweeper"}`."""
    run = Run.model_validate(context.get_input())
    left = yield from clean_up(context, run, restore={}, only_if_made_by_run=False)
    if is_at_least(context, 2):
        failed = None if left.clean else Failed.because(LeftToSweeper())
        yield from end_operation(context, run, failed)
    return {"status": "removed" if left.clean else "left_to_sweeper"}
