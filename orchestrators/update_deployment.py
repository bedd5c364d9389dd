"""Change a living deployment where it runs; where that fails, put it back as it was.

verify_update -> change_variables, set_autoscale, scale_deployment, as far as asked -> keep_update
"""

from typing import Any

from azure.durable_functions import DurableOrchestrationContext
from shared.domain.update import CloudChange
from shared.wire.phases import (
    ChangeVariables,
    KeepUpdate,
    PhaseResult,
    RestoreDeployment,
    ScaleDeployment,
    SetAutoscale,
    VerifiedUpdate,
    VerifyUpdate,
)
from shared.wire.run import UpdateRun

from orchestrators.support.call_phase import PhaseFailed, Steps, call_phase
from orchestrators.support.end_operation import end_operation


def update_deployment(context: DurableOrchestrationContext) -> Steps[dict[str, Any]]:
    """Input: an UpdateRun. Output: `{"status": "updated"}` or the failure."""
    run = UpdateRun.model_validate(context.get_input())
    change, due = run.change, run.deadlines.deployment
    instances, begun = 1, dict[str, Any]()
    try:
        verify = VerifyUpdate(run=run, change=change)
        verified = yield from call_phase(context, verify, VerifiedUpdate, deadline=due)
        instances = verified.instance_count
        if change.environment_variables is not None:
            begun["environment_variables"] = change.environment_variables
            replace = ChangeVariables(run=run, environment_variables=change.environment_variables)
            yield from call_phase(context, replace, PhaseResult, deadline=due)
        if change.autoscales:
            yield from call_phase(
                context, SetAutoscale(run=run, autoscale=change.autoscale), PhaseResult
            )
            begun["autoscale"] = change.autoscale  # what is refused has changed nothing
        if change.instance_count is not None:
            begun["instance_count"] = change.instance_count
            scale = ScaleDeployment(run=run, instance_count=change.instance_count)
            yield from call_phase(context, scale, PhaseResult, deadline=due)
        yield from call_phase(context, KeepUpdate(run=run, change=change), PhaseResult)
    except PhaseFailed as failure:
        if begun:
            yield from _restore(context, run, CloudChange(**begun), instances)
        yield from end_operation(context, run, failure.failed)
        return {"status": "failed", "phase": failure.phase, **failure.failed.as_json()}
    yield from end_operation(context, run, None)
    return {"status": "updated"}


def _restore(
    context: DurableOrchestrationContext, run: UpdateRun, begun: CloudChange, instances: int
) -> Steps[None]:
    """Put back what has begun to change. Where that fails, the timeline tells it."""
    restore = RestoreDeployment(run=run, change=begun, instance_count=instances)
    try:
        yield from call_phase(context, restore, PhaseResult, deadline=run.deadlines.deployment)
    except PhaseFailed as left:
        context.set_custom_status({"phase": left.phase, "message": left.failed.message})
