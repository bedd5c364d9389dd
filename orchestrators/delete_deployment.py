"""After the soft delete: the cloud resources of one deployment go, retried until they are gone."""

import azure.durable_functions as df
from azure.durable_functions import DurableOrchestrationContext

from orchestrators.steps import Steps
from orchestrators.teardown import tear_down

bp = df.Blueprint()


def delete_deployment(context: DurableOrchestrationContext) -> Steps:
    """Input: schemas.phases.Run. Output: `{"status": "removed" | "left_to_sweeper"}`."""
    request = context.get_input()
    left = yield from tear_down(context, request, restore={}, only_if_made_by_run=False)
    return {"status": "removed" if left["clean"] else "left_to_sweeper"}


bp.orchestration_trigger(context_name="context")(delete_deployment)
