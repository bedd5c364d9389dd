"""The endpoint's half: one that is ours and ready, under a name that is free."""

import azure.durable_functions as df
from azure.durable_functions import DurableOrchestrationContext

from orchestrators.steps import PhaseFailed, Steps, run

bp = df.Blueprint()
MAX_NAMES = 3


def open_endpoint(context: DurableOrchestrationContext) -> Steps:
    """Output: `{"endpoint_name"}`, with `{"failed", "phase"}` where it could not be had."""
    request = context.get_input()
    names_left = MAX_NAMES if request["endpoint_generated"] else 1
    while True:
        try:
            yield from run(
                context, "create_endpoint", request, deadline=request["deadlines"]["endpoint"]
            )
            return {"endpoint_name": request["endpoint_name"]}
        except PhaseFailed as failure:
            names_left -= 1
            if failure.failed["code"] != "endpoint_name_taken" or not names_left:
                return failure.as_outcome(endpoint_name=request["endpoint_name"])
        try:
            renamed = yield from run(context, "rename_endpoint", request)
        except PhaseFailed as failure:
            return failure.as_outcome(endpoint_name=request["endpoint_name"])
        request = {**request, "endpoint_name": renamed["endpoint_name"]}


bp.orchestration_trigger(context_name="context")(open_endpoint)
