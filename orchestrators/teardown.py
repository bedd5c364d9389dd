"""What a failed run and a deleted deployment have in common: leave nothing of ours in Azure ML."""

from azure.durable_functions import DurableOrchestrationContext

from orchestrators.steps import PhaseFailed, Steps, Wire, run


def tear_down(
    context: DurableOrchestrationContext,
    request: Wire,
    *,
    restore: dict[str, int],
    only_if_made_by_run: bool,
) -> Steps:
    """Traffic away, deployment gone, endpoint gone when empty and ours.

    `{"clean"}`: all of it is done; `{"in_use"}`: the endpoint stays, because others use it.
    A step that can't be done in time is told in the timeline; the sweeper tries again.
    """
    due: float = request["deadlines"]["removal"]
    clean, in_use = True, False
    try:
        yield from run(context, "withdraw_traffic", request, deadline=due, restore=restore)
    except PhaseFailed:
        clean = False
    try:
        yield from run(context, "remove_deployment", request, deadline=due)
    except PhaseFailed:
        clean = False
    try:
        in_use = yield from close_endpoint(
            context, request, only_if_made_by_run=only_if_made_by_run
        )
    except PhaseFailed:
        clean = False
    return {"clean": clean, "in_use": in_use}


def close_endpoint(
    context: DurableOrchestrationContext, request: Wire, *, only_if_made_by_run: bool
) -> Steps:
    """The endpoint goes unless others use it; whether they do. Raises PhaseFailed."""
    closed = yield from run(
        context,
        "remove_endpoint",
        request,
        deadline=request["deadlines"]["removal"],
        only_if_made_by_run=only_if_made_by_run,
    )
    return closed.get("in_use", False)
