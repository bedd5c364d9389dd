"""From a stored model to a live endpoint, or to a clear reason and nothing left behind.

verify_workspace -> stage_model beside open_endpoint -> create_deployment
-> verify_deployment -> set_autoscale where asked -> shift_traffic, or the steps of a release
-> finalize
"""

from typing import Any

from azure.durable_functions import DurableOrchestrationContext
from shared.wire.outcome import Half, OpenedEndpoint, StagedModel
from shared.wire.phases import (
    CreatedDeployment,
    CreateDeployment,
    Finalize,
    PhaseResult,
    RecordFailure,
    SetAutoscale,
    VerifiedDeployment,
    VerifiedWorkspace,
    VerifyDeployment,
    VerifyWorkspace,
)
from shared.wire.run import DeployRun

from orchestrators.support.call_phase import PhaseFailed, Steps, call_phase
from orchestrators.support.clean_up import clean_up, close_endpoint
from orchestrators.support.releasing import is_kept, keeps_what_is_there, release


def deploy_model(context: DurableOrchestrationContext) -> Steps[dict[str, Any]]:
    """Input: a DeployRun. Output: `{"status": "active", "endpoint_name"}` or the failure."""
    run = DeployRun.model_validate(context.get_input())
    due = run.deadlines
    traffic_before: dict[str, int] = {}
    try:
        yield from call_phase(context, VerifyWorkspace(run=run), VerifiedWorkspace)
        staged, opened = yield from _stage_and_open(context, run)
        run = run.model_copy(update={"endpoint_name": opened.endpoint_name})
        _require(staged)
        _require(opened)
        model, recipe = staged.model, staged.recipe
        assert model is not None  # noqa: S101  what did not fail has both
        assert recipe is not None  # noqa: S101
        created = yield from call_phase(
            context,
            CreateDeployment(run=run, model=model, recipe=recipe),
            CreatedDeployment,
            deadline=due.deployment,
        )
        traffic_before = created.traffic_before
        verify = VerifyDeployment(run=run, example=recipe.example)
        yield from call_phase(context, verify, VerifiedDeployment)
        if run.spec.autoscale:
            follow_load = SetAutoscale(run=run, autoscale=run.spec.autoscale)
            yield from call_phase(context, follow_load, PhaseResult)
        yield from release(context, run, created)
        yield from call_phase(context, Finalize(run=run, model=model, recipe=recipe), PhaseResult)
    except PhaseFailed as failure:
        return (yield from _fail(context, run, failure, traffic_before))
    context.set_custom_status({"phase": "finalize", "message": "Live."})
    return {"status": "active", "endpoint_name": run.endpoint_name}


def _stage_and_open(
    context: DurableOrchestrationContext, run: DeployRun
) -> Steps[tuple[StagedModel, OpenedEndpoint]]:
    """Stage the model while the endpoint is opened; both outputs, once both have ended."""
    sent = run.model_dump(mode="json")
    staged, opened = yield context.task_all(
        [
            context.call_sub_orchestrator(name, sent, f"{context.instance_id}-{name}")
            for name in ("stage_model", "open_endpoint")
        ]
    )
    return StagedModel.model_validate(staged), OpenedEndpoint.model_validate(opened)


def _require(half: Half) -> None:
    """Raises PhaseFailed where this half of the deployment has failed."""
    if half.failed:
        raise PhaseFailed(half.phase, half.failed)


def _fail(
    context: DurableOrchestrationContext,
    run: DeployRun,
    failure: PhaseFailed,
    traffic_before: dict[str, int],
) -> Steps[dict[str, Any]]:
    """Remove what this run made, put the traffic back, record the reason; the output."""
    phase, failed = failure.phase, failure.failed
    left = yield from clean_up(
        context,
        run,
        restore={} if keeps_what_is_there(failure) else traffic_before,
        only_if_made_by_run=True,
        keep_deployment=is_kept(run, failure),
    )
    record = RecordFailure(run=run, phase=phase, failed=failed, clean=left.clean)
    yield from call_phase(context, record, PhaseResult)
    if left.in_use:
        yield from _look_again(context, run)
    context.set_custom_status({"phase": phase, "message": failed.message})
    return {"status": "failed", "phase": phase, **failed.as_json()}


def _look_again(context: DurableOrchestrationContext, run: DeployRun) -> Steps[None]:
    """Try to remove the endpoint again, now that this row has failed.

    Of two runs that fail side by side each has seen the other use the endpoint; the last one
    removes it here.
    """
    try:
        yield from close_endpoint(context, run, only_if_made_by_run=True)
    except PhaseFailed as failure:
        context.set_custom_status({"phase": failure.phase, "message": failure.failed.message})
