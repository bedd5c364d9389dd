"""The model's half: from the uploaded file to a version registered in Azure ML."""

import azure.durable_functions as df
from azure.durable_functions import DurableOrchestrationContext

from orchestrators.steps import PhaseFailed, Steps, run

bp = df.Blueprint()


def stage_model(context: DurableOrchestrationContext) -> Steps:
    """Output: `{"model", "serving"}` or `{"failed", "phase"}`."""
    request = context.get_input()
    try:
        prepared = yield from run(context, "prepare_model", request)
        registered = yield from run(
            context,
            "register_model",
            request,
            artifact=prepared["artifact"],
            version=prepared["serving"]["version"],
        )
    except PhaseFailed as failure:
        return failure.as_outcome()
    return {"model": registered["model"], "serving": prepared["serving"]}


bp.orchestration_trigger(context_name="context")(stage_model)
