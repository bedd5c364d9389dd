"""Create a sleeping deployment's container again, from the model that is registered already."""

from azure.durable_functions import DurableOrchestrationContext
from shared.domain.traffic import carrying
from shared.errors.waiting import Cancelled
from shared.wire.outcome import StagedModel
from shared.wire.phases import (
    CreatedDeployment,
    CreateDeployment,
    CreateEndpoint,
    Finalize,
    PhaseResult,
    RecalledRecipe,
    RecallRecipe,
    RemoveDeployment,
    ReturnToSleep,
    SetAutoscale,
    ShiftTraffic,
    VerifiedDeployment,
    VerifiedWorkspace,
    VerifyDeployment,
    VerifyWorkspace,
)
from shared.wire.run import DeployRun

from orchestrators.support.call_phase import PhaseFailed, Steps, call_phase
from orchestrators.support.clean_up import clean_up


def wake(
    context: DurableOrchestrationContext, run: DeployRun, *, serve_if_nobody_does: bool
) -> Steps[None]:
    """Give the deployment its container back and make its row active, at 0 % of the traffic.

    `serve_if_nobody_does`: it gets all traffic where no other deployment has any. Raises
    PhaseFailed, after its row was put back to sleep.
    """
    due = run.deadlines
    try:
        yield from call_phase(context, VerifyWorkspace(run=run), VerifiedWorkspace)
        recalled = yield from call_phase(context, RecallRecipe(run=run), RecalledRecipe)
        model, recipe = recalled.model, recalled.recipe
        if model is None or recipe is None:
            staged = yield from _stage(context, run)
            model, recipe = staged.model, staged.recipe
            assert model is not None  # noqa: S101  what did not fail has both
            assert recipe is not None  # noqa: S101
        endpoint = CreateEndpoint(run=run)
        yield from call_phase(context, endpoint, PhaseResult, deadline=due.endpoint)
        created = yield from call_phase(
            context,
            CreateDeployment(run=run, model=model, recipe=recipe),
            CreatedDeployment,
            deadline=due.deployment,
        )
        example = VerifyDeployment(run=run, example=recipe.example)
        yield from call_phase(context, example, VerifiedDeployment)
        if run.spec.autoscale:
            follow_load = SetAutoscale(run=run, autoscale=run.spec.autoscale)
            yield from call_phase(context, follow_load, PhaseResult)
        if serve_if_nobody_does and not carrying(created.traffic_before):
            yield from call_phase(context, ShiftTraffic(run=run), PhaseResult, deadline=due.traffic)
        yield from call_phase(context, Finalize(run=run, model=model, recipe=recipe), PhaseResult)
    except PhaseFailed as failure:
        yield from _sleep_again(context, run, failure)
        raise


def _stage(context: DurableOrchestrationContext, run: DeployRun) -> Steps[StagedModel]:
    """Convert and register its model again: the row keeps no recipe, since it was deployed before
    there was sleep. Raises PhaseFailed.
    """
    told = yield context.call_sub_orchestrator(
        "stage_model", run.model_dump(mode="json"), f"{context.instance_id}-stage_model"
    )
    staged = StagedModel.model_validate(told)
    if staged.failed:
        raise PhaseFailed(staged.phase, staged.failed)
    return staged


def _sleep_again(
    context: DurableOrchestrationContext, run: DeployRun, failure: PhaseFailed
) -> Steps[None]:
    """Remove what waking it has made, or everything where it was deleted meanwhile."""
    if failure.failed.code == Cancelled.code:
        yield from clean_up(context, run, restore={}, only_if_made_by_run=False)
        return
    try:
        removal = RemoveDeployment(run=run)
        yield from call_phase(context, removal, PhaseResult, deadline=run.deadlines.removal)
    except PhaseFailed as left:
        context.set_custom_status({"phase": left.phase, "message": left.failed.message})
    back = ReturnToSleep(run=run, failed=failure.failed)
    yield from call_phase(context, back, PhaseResult)
