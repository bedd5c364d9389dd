"""Give a sleeping deployment its container back and make it active."""

from typing import Any

from azure.durable_functions import DurableOrchestrationContext
from shared.wire.run import DeployRun

from orchestrators.support.call_phase import PhaseFailed, Steps
from orchestrators.support.waking import wake


def wake_deployment(context: DurableOrchestrationContext) -> Steps[dict[str, Any]]:
    """Input: a DeployRun. Output: `{"status": "active"}` or the failure.

    The operation ends with the row's status.
    """
    run = DeployRun.model_validate(context.get_input())
    try:
        yield from wake(context, run, serve_if_nobody_does=True)
    except PhaseFailed as failure:
        return {"status": "failed", "phase": failure.phase, **failure.failed.as_json()}
    return {"status": "active"}
