"""Routes to a live deployment: keys, logs, and a way for browsers to score."""

from pydantic import BaseModel, Field

from api.http.request import Call, Reply
from api.http.routing import route
from shared.domain.deployment import DeploymentRow
from shared.domain.deployment_view import LogQuery, Message
from shared.domain.naming import Id
from shared.domain.prediction import ScoreAnswer, ScoreQuery, ScoreRequest
from shared.domain.status import Status
from shared.errors.requests import NoLog, NotActive
from shared.errors.serving import DeploymentMissing, EndpointVanished
from shared.use_cases.change_endpoint import begin_rotation
from shared.use_cases.score import CONTAINER_STATUS, answered

PASSED_ON = ("azureml-model-deployment", CONTAINER_STATUS, "retry-after")


class EndpointKeys(BaseModel):
    """Fetched from Azure ML for this reply; Slipway keeps no copy."""

    primary_key: str
    secondary_key: str


class Logs(BaseModel):
    deployment_id: Id
    container: str
    content: str = Field(description="The tail of the container's log.")


@route(
    "GET",
    "deployments/{deployment_id:guid}/keys",
    summary="The endpoint's keys.",
    reply=EndpointKeys,
    errors=(404, 409, 422),
)
def get_endpoint_keys(call: Call) -> EndpointKeys:
    keys = call.services.target.inference.keys(_active(call).endpoint_name)
    return EndpointKeys(primary_key=keys.primary, secondary_key=keys.secondary)


@route(
    "POST",
    "deployments/{deployment_id:guid}/keys/rotate",
    summary="New keys for the endpoint; the old ones stop working, one after the other.",
    reply=Message,
    success=202,
    replies={"Location": "The operation."},
    errors=(404, 409),
    orchestrates=True,
)
def rotate_endpoint_keys(call: Call) -> Reply:
    operation_id = begin_rotation(call.initiator, _active(call))
    begun = Message(message="Both keys are being replaced; the timeline tells when each is new.")
    return Reply(202, begun.model_dump_json(), {"Location": f"/operations/{operation_id}"})


@route(
    "GET",
    "deployments/{deployment_id:guid}/logs",
    summary="The tail of the container's log.",
    query=LogQuery,
    reply=Logs,
    errors=(404, 409, 422),
)
def get_deployment_logs(call: Call) -> Logs:
    wanted = call.query(LogQuery)
    row = call.data.deployment(call.deployment_id)
    if row.status is Status.FAILED:
        raise NoLog(
            "This deployment has failed, and its container was removed.",
            fix="The end of the log is in the detail of the phase that failed.",
        )
    try:
        content = call.services.target.inference.logs(
            row.endpoint_name, row.deployment_name, lines=wanted.lines, container=wanted.container
        )
    except (DeploymentMissing, EndpointVanished) as missing:
        if row.status is Status.DEPLOYING:
            raise NoLog(
                "This deployment has no container yet.",
                fix="Follow its phases, and ask again once create_deployment has begun.",
            ) from missing
        raise
    return Logs(deployment_id=row.id, container=wanted.container, content=content)


@route(
    "POST",
    "deployments/{deployment_id:guid}/score",
    summary="Score rows with this deployment; one item a row.",
    query=ScoreQuery,
    payload=ScoreRequest,
    reply=ScoreAnswer,
    errors=(404, 409, 413, 422),
    passes_on="With `raw=true`: the endpoint's own answer, whatever its status.",
)
def score_deployment(call: Call) -> Reply:
    settings = call.services.settings
    raw = call.query(ScoreQuery).raw
    row = _active(call)
    prediction = call.services.target.inference.score(
        row.endpoint_name,
        call.raw_body(settings.max_score_kb * 1024),
        deployment=row.deployment_name,
        timeout_seconds=settings.score_timeout_seconds,
    )
    if not raw:
        prediction = answered(prediction)
    headers = {name: prediction.headers[name] for name in PASSED_ON if name in prediction.headers}
    return Reply(
        prediction.status, prediction.body, headers, prediction.content_type.partition(";")[0]
    )


@route(
    "GET",
    "deployments/{deployment_id:guid}/swagger",
    summary="The live model's columns, with an example row: its server's own Swagger document.",
    errors=(404, 409),
    passes_on="The endpoint's own answer, whatever its status.",
)
def get_deployment_swagger(call: Call) -> Reply:
    row = _active(call)
    told = call.services.target.inference.describe(
        row.endpoint_name,
        row.deployment_name,
        timeout_seconds=call.services.settings.score_timeout_seconds,
    )
    return Reply(told.status, told.body, {}, told.content_type.partition(";")[0])


def _active(call: Call) -> DeploymentRow:
    row = call.data.deployment(call.deployment_id)
    if row.status is not Status.ACTIVE:
        raise NotActive(row.status)
    return row
