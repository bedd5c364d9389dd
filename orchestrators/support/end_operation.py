"""Record the end of operations that no deployment's status ends."""

from typing import Any

from azure.durable_functions import DurableOrchestrationContext
from shared.wire.outcome import Failed
from shared.wire.phases import EndOperation, PhaseResult
from shared.wire.run import Run

from orchestrators.support.call_phase import PhaseFailed, Steps, call_phase


def as_operation(
    context: DurableOrchestrationContext, run: Run, steps: Steps[Any], status: str
) -> Steps[dict[str, Any]]:
    """Take the steps, record how they ended, and return `{"status": status}` or the failure."""
    try:
        yield from steps
    except PhaseFailed as failure:
        yield from end_operation(context, run, failure.failed)
        return {"status": "failed", "phase": failure.phase, **failure.failed.as_json()}
    yield from end_operation(context, run, None)
    return {"status": status}


def end_operation(
    context: DurableOrchestrationContext, run: Run, failed: Failed | None
) -> Steps[None]:
    """Record that it has succeeded, or why it failed. Where that fails, the sweeper ends it."""
    try:
        yield from call_phase(context, EndOperation(run=run, failed=failed), PhaseResult)
    except PhaseFailed as failure:
        context.set_custom_status({"phase": failure.phase, "message": failure.failed.message})
