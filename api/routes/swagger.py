"""The route that tells what a live model takes, for pages and tools that build a form from it."""

from api.http.request import Call, Reply
from api.http.routing import route
from shared.domain.status import Status
from shared.errors.requests import NotActive


@route(
    "GET",
    "deployments/{deployment_id:guid}/swagger",
    summary="The live model's columns, with an example row: its server's own Swagger document.",
    errors=(404, 409),
    passes_on="The endpoint's own answer, whatever its status.",
)
def get_deployment_swagger(call: Call) -> Reply:
    row = call.data.deployment(call.deployment_id)
    if row.status is not Status.ACTIVE:
        raise NotActive(row.status)
    told = call.services.target.inference.describe(
        row.endpoint_name,
        row.deployment_name,
        timeout_seconds=call.services.settings.score_timeout_seconds,
    )
    return Reply(told.status, told.body, {}, told.content_type.partition(";")[0])
