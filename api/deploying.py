"""Routes that start or end deployments."""

from api.call import Call, Reply
from api.route import route
from shared.lifecycle import Status
from shared.schemas.deployment import DeployAccepted, DeploymentRow, DeployRequest, Message


@route(
    "POST",
    "deployments/deploy",
    summary="Deploy a trained model; answers as soon as the work has begun.",
    body=DeployRequest,
    reply=DeployAccepted,
    success=202,
    headers={"Idempotency-Key": "The same key and body within 24 hours: the first answer again."},
    errors=(400, 404, 409, 413, 415, 422),
    orchestrates=True,
)
def deploy_model_request(call: Call) -> Reply:
    wanted = call.body(DeployRequest)
    return _accepted(call.initiator.deploy(wanted, call.idempotency_key))


@route(
    "POST",
    "deployments/{deployment_id:guid}/retry",
    summary="Run a failed deployment's request again, as a deployment of its own.",
    reply=DeployAccepted,
    success=202,
    errors=(404, 409),
    orchestrates=True,
)
def retry_deployment(call: Call) -> Reply:
    return _accepted(call.initiator.retry(call.data.deployment(call.deployment_id)))


@route(
    "DELETE",
    "deployments/{deployment_id:guid}",
    summary="Delete a deployment now; its cloud resources are removed right after.",
    reply=Message,
    errors=(404,),
    orchestrates=True,
)
def delete_deployment_request(call: Call) -> Message:
    call.initiator.delete(call.data.deployment(call.deployment_id))
    return Message(message="Deployment deleted successfully")


def _accepted(row: DeploymentRow) -> Reply:
    """The same for a repeated request, whatever has become of the deployment since."""
    accepted = DeployAccepted(
        deployment_id=row.id,
        status=Status.DEPLOYING,
        message=f"Deploying {row.deployment_name} to {row.endpoint_name}.",
        endpoint_name=row.endpoint_name,
    )
    return Reply(202, accepted.model_dump_json(), {"Location": f"/deployments/{row.id}"})
