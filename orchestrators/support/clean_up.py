"""Remove from the cloud what a failed run made, or what a deleted deployment has."""

from dataclasses import dataclass

from azure.durable_functions import DurableOrchestrationContext
from shared.wire.phases import (
    PhaseResult,
    RemovedEndpoint,
    RemoveDeployment,
    RemoveEndpoint,
    WithdrawTraffic,
)
from shared.wire.run import Run

from orchestrators.support.call_phase import PhaseFailed, Steps, call_phase


@dataclass(frozen=True)
class CleanedUp:
    """How far a clean-up has come."""

    clean: bool
    """All of it is done."""
    in_use: bool
    """The endpoint stays, because others use it."""


def clean_up(
    context: DurableOrchestrationContext,
    run: Run,
    *,
    restore: dict[str, int],
    only_if_made_by_run: bool,
    keep_deployment: bool = False,
) -> Steps[CleanedUp]:
    """Take its traffic away, remove the deployment, and the endpoint where it is ours and empty.

    `restore`: the traffic of before this run. `keep_deployment`: only the traffic is taken away;
    the sweeper removes the rest later. A step that fails is told in the timeline and left to the
    sweeper; the others are done all the same.
    """
    due = run.deadlines.removal
    clean, in_use = True, False
    withdraw = WithdrawTraffic(run=run, restore=restore)
    steps = [withdraw] if keep_deployment else [withdraw, RemoveDeployment(run=run)]
    for step in steps:
        try:
            yield from call_phase(context, step, PhaseResult, deadline=due)
        except PhaseFailed:
            clean = False
    if keep_deployment:
        return CleanedUp(clean, in_use)
    try:
        in_use = yield from close_endpoint(context, run, only_if_made_by_run=only_if_made_by_run)
    except PhaseFailed:
        clean = False
    return CleanedUp(clean, in_use)


def close_endpoint(
    context: DurableOrchestrationContext, run: Run, *, only_if_made_by_run: bool
) -> Steps[bool]:
    """Remove the endpoint unless others use it; True where they do. Raises PhaseFailed."""
    closed = yield from call_phase(
        context,
        RemoveEndpoint(run=run, only_if_made_by_run=only_if_made_by_run),
        RemovedEndpoint,
        deadline=run.deadlines.removal,
    )
    return closed.in_use
