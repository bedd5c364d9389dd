"""Routes about endpoints: what serves whom, moving traffic, rolling back, sleeping and waking."""

import re

from api.http.request import Call, Reply
from api.http.routing import route
from shared.domain.deployment_view import Message
from shared.domain.endpoint_view import (
    ChangeAccepted,
    EndpointDetail,
    EndpointPage,
    EndpointQuery,
    Rollback,
    RollbackAccepted,
)
from shared.domain.operation import OperationKind
from shared.domain.release import ReleaseAction
from shared.domain.traffic import TrafficSplit
from shared.errors.requests import InvalidRequest
from shared.use_cases import change_endpoint, view_endpoints

FOLLOW = {"Location": "The operation."}
_VERSION = re.compile(r'(?:W/)?"(\d{1,18})(?:-[\w-]*)?"')


@route(
    "GET",
    "endpoints",
    summary="The caller's endpoints, by name: traffic, revisions, price.",
    query=EndpointQuery,
    reply=EndpointPage,
    errors=(422,),
    etag=True,
)
def list_endpoints(call: Call) -> EndpointPage:
    query = call.query(EndpointQuery)
    return view_endpoints.list_endpoints(call.services, call.data, query, call.deadline.left / 2)


@route(
    "GET",
    "endpoints/{endpoint_name}",
    summary="One endpoint with its revisions, newest first, and who served when.",
    reply=EndpointDetail,
    errors=(404,),
    etag=True,
)
def get_endpoint(call: Call) -> Reply:
    found = view_endpoints.show_endpoint(
        call.services, call.data, call.endpoint_name, call.deadline.left / 2
    )
    return Reply(200, found.model_dump_json(), {"ETag": str(found.version)})


@route(
    "PUT",
    "endpoints/{endpoint_name}/traffic",
    summary="Move traffic and mirror; answers as soon as the work has begun.",
    body=TrafficSplit,
    reply=ChangeAccepted,
    success=202,
    replies=FOLLOW,
    headers={"If-Match": "The ETag of the endpoint as you saw it; 409 if its traffic has changed."},
    errors=(400, 404, 409, 413, 415, 422),
    orchestrates=True,
)
def put_traffic(call: Call) -> Reply:
    wanted = call.body(TrafficSplit)
    seen = _seen(call)
    endpoint = view_endpoints.look_again(call.services, call.data, call.endpoint_name)
    begun = change_endpoint.change_traffic(call.initiator, endpoint, wanted, seen)
    return _accepted(begun.id, f"The traffic of {endpoint.name} is being moved.")


@route(
    "POST",
    "endpoints/{endpoint_name}/rollback",
    summary="All traffic to an earlier revision, which is woken first where it sleeps.",
    body=Rollback,
    reply=RollbackAccepted,
    success=202,
    replies=FOLLOW,
    errors=(400, 404, 409, 413, 415, 422),
    orchestrates=True,
)
def roll_back_endpoint(call: Call) -> Reply:
    wanted = call.optional_body(Rollback)
    endpoint = view_endpoints.look_again(call.services, call.data, call.endpoint_name)
    begun, target = change_endpoint.roll_back(call.initiator, endpoint, wanted.to)
    accepted = RollbackAccepted(
        operation_id=begun.id,
        message=f"{endpoint.name} goes back to revision {target.revision}.",
        to=target.revision,
    )
    return _reply(accepted)


@route(
    "POST",
    "deployments/{deployment_id:guid}/sleep",
    summary="Remove its container, which costs nothing then; everything else stays.",
    reply=ChangeAccepted,
    success=202,
    replies=FOLLOW,
    errors=(404, 409),
    orchestrates=True,
)
def put_deployment_to_sleep(call: Call) -> Reply:
    row = call.data.deployment(call.deployment_id)
    begun = change_endpoint.begin(call.initiator, OperationKind.SLEEP, row)
    return _accepted(begun.id, f"{row.deployment_name} goes to sleep.")


@route(
    "POST",
    "deployments/{deployment_id:guid}/wake",
    summary="Give a sleeping deployment its container back; nothing is converted again.",
    reply=ChangeAccepted,
    success=202,
    replies=FOLLOW,
    errors=(404, 409),
    orchestrates=True,
)
def rouse_deployment(call: Call) -> Reply:
    row = call.data.deployment(call.deployment_id)
    begun = change_endpoint.begin(call.initiator, OperationKind.WAKE, row)
    return _accepted(begun.id, f"{row.deployment_name} is being woken.")


def _steer(call: Call, action: ReleaseAction, done: str) -> Reply:
    row = call.data.deployment(call.deployment_id)
    change_endpoint.steer_release(call.initiator, row, action)
    return Reply(
        202, Message(message=done).model_dump_json(), {"Location": f"/operations/{row.id}"}
    )


@route(
    "POST",
    "deployments/{deployment_id:guid}/release/pause",
    summary="Hold a canary or shadow release where it is; it is watched all the same.",
    reply=Message,
    success=202,
    replies=FOLLOW,
    errors=(404, 409),
    orchestrates=True,
)
def pause_release(call: Call) -> Reply:
    return _steer(call, "pause", "The release is being paused.")


@route(
    "POST",
    "deployments/{deployment_id:guid}/release/resume",
    summary="Let a paused release go on.",
    reply=Message,
    success=202,
    replies=FOLLOW,
    errors=(404, 409),
    orchestrates=True,
)
def resume_release(call: Call) -> Reply:
    return _steer(call, "resume", "The release goes on.")


@route(
    "POST",
    "deployments/{deployment_id:guid}/release/abort",
    summary="Give a canary or shadow release up: the traffic goes back to where it was.",
    reply=Message,
    success=202,
    replies=FOLLOW,
    errors=(404, 409),
    orchestrates=True,
)
def abort_release(call: Call) -> Reply:
    return _steer(call, "abort", "The release is being aborted; the traffic goes back.")


def _accepted(operation_id: str, message: str) -> Reply:
    return _reply(ChangeAccepted(operation_id=operation_id, message=message))


def _reply(accepted: ChangeAccepted) -> Reply:
    location = {"Location": f"/operations/{accepted.operation_id}"}
    return Reply(202, accepted.model_dump_json(), location)


def _seen(call: Call) -> int | None:
    """The version that If-Match names; None for `*` and where it was not sent."""
    sent = call.request.headers.get("if-match", "").strip()
    if sent in ("", "*"):
        return None
    if found := _VERSION.fullmatch(sent):
        return int(found[1])
    raise InvalidRequest(
        "If-Match: should be an ETag of GET /endpoints/{name}", fix="Send the ETag as you got it."
    )
