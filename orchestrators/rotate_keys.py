"""Both keys of an endpoint, one after the other: a client that knows one is never locked out."""

import azure.durable_functions as df
from azure.durable_functions import DurableOrchestrationContext

from orchestrators.steps import PhaseFailed, Steps, run

bp = df.Blueprint()


def rotate_keys(context: DurableOrchestrationContext) -> Steps:
    """Input: schemas.phases.Run. Output: `{"status": "rotated"}` or the failure."""
    request = context.get_input()
    due: float = request["deadlines"]["traffic"]
    try:
        for key in ("primary", "secondary"):
            yield from run(context, "rotate_key", request, deadline=due, key=key)
    except PhaseFailed as failure:
        return {"status": "failed", "phase": failure.phase, **failure.failed}
    return {"status": "rotated"}


bp.orchestration_trigger(context_name="context")(rotate_keys)
