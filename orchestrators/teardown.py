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
    """Traffic away, deployment gone, endpoint gone when empty and ours. True when all of it is.

    A step that can't be done in time is told in the timeline; the sweeper tries again.
    """
    due: float = request["deadlines"]["removal"]
    steps: list[tuple[str, Wire]] = [
        ("withdraw_traffic", {"restore": restore}),
        ("remove_deployment", {}),
        ("remove_endpoint", {"only_if_made_by_run": only_if_made_by_run}),
    ]
    clean = True
    for phase, inputs in steps:
        try:
            yield from run(context, phase, request, deadline=due, **inputs)
        except PhaseFailed:
            clean = False
    return clean
