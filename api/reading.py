"""Routes that read the caller's own deployments."""

from api.call import Call
from api.route import route
from shared.schemas.deployment import (
    DeploymentDetail,
    DeploymentPage,
    DeploymentQuery,
    DeploymentStats,
)
from shared.timeline import phases


@route(
    "GET",
    "deployments/list",
    summary="The caller's deployments, newest first; deleted ones never appear.",
    query=DeploymentQuery,
    reply=DeploymentPage,
    errors=(422,),
)
def list_deployments(call: Call) -> DeploymentPage:
    return call.data.deployments(call.query(DeploymentQuery))


@route(
    "GET",
    "deployments/stats",
    summary="The caller's numbers; the total counts deleted deployments too.",
    reply=DeploymentStats,
)
def deployment_stats(call: Call) -> DeploymentStats:
    return call.data.stats()


@route(
    "GET",
    "deployments/{deployment_id:guid}",
    summary="One deployment with its phases.",
    reply=DeploymentDetail,
    errors=(404,),
)
def get_deployment(call: Call) -> DeploymentDetail:
    row = call.data.deployment(call.deployment_id)
    return DeploymentDetail(**row.model_dump(), phases=phases(call.data.events(row.id)))
