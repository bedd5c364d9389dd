"""Routes about deployments: read them, deploy a model, estimate, retry, delete."""

from api.http.request import Call, Reply
from api.http.routing import route
from shared.domain.deployment import (
    DeployAccepted,
    DeploymentPage,
    DeploymentQuery,
    DeploymentRow,
    DeployRequest,
)
from shared.domain.deployment_view import DeploymentDetail, DeploymentStats, Message
from shared.domain.endpoint_view import ChangeAccepted
from shared.domain.estimate import Estimate
from shared.domain.status import Status
from shared.domain.timeline import fold_timeline
from shared.domain.update import DeploymentPatch
from shared.use_cases.apply_template import with_template
from shared.use_cases.estimate import estimate
from shared.use_cases.update_deployment import update_deployment


@route(
    "GET",
    "deployments/list",
    summary="The caller's deployments, newest first; deleted ones never appear.",
    query=DeploymentQuery,
    reply=DeploymentPage,
    errors=(422,),
    etag=True,
)
def list_deployments(call: Call) -> DeploymentPage:
    return call.data.deployments(call.query(DeploymentQuery))


@route(
    "GET",
    "deployments/stats",
    summary="The caller's numbers; the total counts deleted deployments too.",
    reply=DeploymentStats,
    etag=True,
)
def deployment_stats(call: Call) -> DeploymentStats:
    return call.data.stats()


@route(
    "GET",
    "deployments/{deployment_id:guid}",
    summary="One deployment with its phases.",
    reply=DeploymentDetail,
    errors=(404,),
    etag=True,
)
def get_deployment(call: Call) -> DeploymentDetail:
    row = call.data.deployment(call.deployment_id)
    return DeploymentDetail(**row.model_dump(), phases=fold_timeline(call.data.events(row.id)))


@route(
    "POST",
    "deployments/deploy",
    summary="Deploy a trained model; answers as soon as the work has begun.",
    body=DeployRequest,
    reply=DeployAccepted,
    success=202,
    replies={"Location": "The deployment."},
    headers={"Idempotency-Key": "The same key and body within 24 hours: the first answer again."},
    errors=(400, 404, 409, 413, 415, 422),
    orchestrates=True,
)
def deploy_model_request(call: Call) -> Reply:
    wanted = with_template(call.body(DeployRequest), call.templates, call.services.sizes)
    return _accepted(call.initiator.deploy(wanted, call.idempotency_key))


@route(
    "POST",
    "deployments/estimate",
    summary="What a deploy request would cost, need and take; nothing is created.",
    body=DeployRequest,
    reply=Estimate,
    errors=(400, 404, 413, 415, 422),
)
def estimate_deployment(call: Call) -> Estimate:
    parts = call.services
    wanted = with_template(call.body(DeployRequest), call.templates, parts.sizes)
    facts = call.data.estimate_facts(str(wanted.model_id))
    return estimate(wanted, facts, parts.sizes, parts.offered.offers(call.deadline.left))


@route(
    "POST",
    "deployments/{deployment_id:guid}/retry",
    summary="Run a failed deployment's request again, as a deployment of its own.",
    reply=DeployAccepted,
    success=202,
    replies={"Location": "The deployment."},
    errors=(404, 409),
    orchestrates=True,
)
def retry_deployment(call: Call) -> Reply:
    return _accepted(call.initiator.retry(call.data.deployment(call.deployment_id)))


@route(
    "PATCH",
    "deployments/{deployment_id:guid}",
    summary="Change a deployment: at once, or by an operation where the cloud changes.",
    body=DeploymentPatch,
    reply=DeploymentRow,
    accepted=ChangeAccepted,
    errors=(400, 404, 409, 413, 415, 422),
    orchestrates=True,
)
def change_deployment_request(call: Call) -> Reply:
    """instance_count, autoscale and environment_variables change the cloud."""
    wanted = call.body(DeploymentPatch)
    row = call.data.deployment(call.deployment_id)
    updated = update_deployment(call.initiator, row, wanted)
    if updated.operation is None:
        return Reply(200, updated.deployment.model_dump_json())
    changing = ", ".join(sorted(updated.operation.input))
    message = f"{row.deployment_name} is being changed: {changing}."
    if "environment_variables" in updated.operation.input:
        message += " Its containers are replaced one after the other, of the same image."
    accepted = ChangeAccepted(operation_id=updated.operation.id, message=message)
    location = {"Location": f"/operations/{accepted.operation_id}"}
    return Reply(202, accepted.model_dump_json(), location)


@route(
    "DELETE",
    "deployments/{deployment_id:guid}",
    summary="Delete a deployment now; its cloud resources are removed right after.",
    reply=Message,
    replies={"Location": "The operation that removes it; none for one that was deploying."},
    errors=(404,),
    orchestrates=True,
)
def delete_deployment_request(call: Call) -> Reply:
    operation_id = call.initiator.delete(call.data.deployment(call.deployment_id))
    done = Message(message="Deployment deleted successfully")
    headers = {"Location": f"/operations/{operation_id}"} if operation_id else {}
    return Reply(200, done.model_dump_json(), headers)


def _accepted(row: DeploymentRow) -> Reply:
    """The reply to an accepted request; the same when it is sent again, whatever came of it."""
    accepted = DeployAccepted(
        deployment_id=row.id,
        operation_id=row.id,
        status=Status.DEPLOYING,
        message=f"Deploying {row.deployment_name} to {row.endpoint_name}.",
        endpoint_name=row.endpoint_name,
    )
    return Reply(202, accepted.model_dump_json(), {"Location": f"/deployments/{row.id}"})
