"""After the soft delete: the cloud resources of one deployment go, retried until they are gone."""

from typing import Any

from azure.durable_functions import DurableOrchestrationContext
from shared.wire.outcome import Failed
from shared.wire.run import Run

from orchestrators.support.call_phase import Steps
from orchestrators.support.clean_up import clean_up
from orchestrators.support.end_operation import end_operation
from orchestrators.support.versions import is_at_least

LEFT_TO_SWEEPER = Failed(
    code="left_to_sweeper",
    message="Not everything could be removed from the cloud.",
    fix="Nothing to do: the sweeper tries again every 15 minutes, and the timeline tells of it.",
)


def delete_deployment(context: DurableOrchestrationContext) -> Steps[dict[str, Any]]:
    """Input: a Run. Output: `{"status": "removed" | "left_to_sweeper"}`."""
    run = Run.model_validate(context.get_input())
    left = yield from clean_up(context, run, restore={}, only_if_made_by_run=False)
    if is_at_least(context, 2):
        yield from end_operation(context, run, None if left.clean else LEFT_TO_SWEEPER)
    return {"status": "removed" if left.clean else "left_to_sweeper"}
