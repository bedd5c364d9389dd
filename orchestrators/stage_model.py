"""The model's half of a deploy: convert the uploaded file and register the version."""

from typing import Any

from azure.durable_functions import DurableOrchestrationContext
from shared.wire.outcome import StagedModel
from shared.wire.phases import (
    PreparedModel,
    PrepareModel,
    RegisteredModel,
    RegisterModel,
)
from shared.wire.run import DeployRun

from orchestrators.support.call_phase import PhaseFailed, Steps, call_phase


def stage_model(context: DurableOrchestrationContext) -> Steps[dict[str, Any]]:
    """Input: a DeployRun. Output: a StagedModel."""
    run = DeployRun.model_validate(context.get_input())
    try:
        prepared = yield from call_phase(context, PrepareModel(run=run), PreparedModel)
        recipe = prepared.finished_recipe
        registered = yield from call_phase(
            context,
            RegisterModel(run=run, artifact=prepared.artifact, version=recipe.version),
            RegisteredModel,
        )
    except PhaseFailed as failure:
        return StagedModel(failed=failure.failed, phase=failure.phase).as_json()
    return StagedModel(model=registered.model, recipe=recipe).as_json()
