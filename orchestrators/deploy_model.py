"""From a stored model to a live endpoint, or to a clear reason and nothing left behind.

verify_workspace -> stage_model beside open_endpoint -> create_deployment
-> verify_deployment -> shift_traffic -> finalize
"""

import azure.durable_functions as df
from azure.durable_functions import DurableOrchestrationContext

from orchestrators.steps import PhaseFailed, Steps, Wire, run
from orchestrators.teardown import close_endpoint, tear_down

bp = df.Blueprint()


def deploy_model(context: DurableOrchestrationContext) -> Steps:
    """Input: schemas.phases.Run. Output: `{"status": "active"}` or the failure."""
    request: Wire = context.get_input()
    due = request["deadlines"]
    traffic_before: dict[str, int] = {}
    try:
        yield from run(context, "verify_workspace", request)
        staged, opened = yield from _together(context, request, "stage_model", "open_endpoint")
        request = {**request, "endpoint_name": opened["endpoint_name"]}
        PhaseFailed.in_outcome(staged)
        PhaseFailed.in_outcome(opened)
        model, serving = staged["model"], staged["serving"]
        created = yield from run(
            context,
            "create_deployment",
            request,
            deadline=due["deployment"],
            model=model,
            serving=serving,
        )
        traffic_before = created["traffic_before"]
        yield from run(context, "verify_deployment", request, example=serving["example"])
        yield from run(context, "shift_traffic", request, deadline=due["traffic"])
        yield from run(context, "finalize", request, model=model)
    except PhaseFailed as failure:
        left = yield from tear_down(
            context, request, restore=traffic_before, only_if_made_by_run=True
        )
        yield from run(
            context,
            "record_failure",
            request,
            phase=failure.phase,
            failed=failure.failed,
            clean=left["clean"],
        )
        if left["in_use"]:
            yield from _look_again(context, request)
        context.set_custom_status({"phase": failure.phase, "message": failure.failed["message"]})
        return {"status": "failed", "phase": failure.phase, **failure.failed}
    context.set_custom_status({"phase": "finalize", "message": "Live."})
    return {"status": "active", "endpoint_name": request["endpoint_name"]}


def _look_again(context: DurableOrchestrationContext, request: Wire) -> Steps:
    """Runs that fail side by side each see the other use the endpoint; the last one removes it."""
    try:
        yield from close_endpoint(context, request, only_if_made_by_run=True)
    except PhaseFailed as failure:
        context.set_custom_status({"phase": failure.phase, "message": failure.failed["message"]})


def _together(context: DurableOrchestrationContext, request: Wire, *names: str) -> Steps:
    """The outcomes of sub-orchestrations that run side by side, once all have ended."""
    return (
        yield context.task_all(
            [
                context.call_sub_orchestrator(name, request, f"{context.instance_id}-{name}")
                for name in names
            ]
        )
    )


bp.orchestration_trigger(context_name="context")(deploy_model)
