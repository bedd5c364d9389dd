"""Replace both keys of an endpoint, one after the other, so that no client is locked out."""

from typing import Any, Final

from azure.durable_functions import DurableOrchestrationContext
from shared.domain.endpoint import WhichKey
from shared.wire.phases import PhaseResult, RotateKey
from shared.wire.run import Run

from orchestrators.support.call_phase import PhaseFailed, Steps, call_phase
from orchestrators.support.end_operation import end_operation
from orchestrators.support.versions import is_at_least

KEYS: Final[tuple[WhichKey, ...]] = ("primary", "secondary")


def rotate_keys(context: DurableOrchestrationContext) -> Steps[dict[str, Any]]:
    """Input: a Run. Output: `{"status": "rotated"}` or the failure."""
    run = Run.model_validate(context.get_input())
    try:
        for key in KEYS:
            step = RotateKey(run=run, key=key)
            yield from call_phase(context, step, PhaseResult, deadline=run.deadlines.traffic)
    except PhaseFailed as failure:
        if is_at_least(context, 2):
            yield from end_operation(context, run, failure.failed)
        return {"status": "failed", "phase": failure.phase, **failure.failed.as_json()}
    if is_at_least(context, 2):
        yield from end_operation(context, run, None)
    return {"status": "rotated"}
