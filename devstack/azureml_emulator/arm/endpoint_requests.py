"""What a request for an endpoint says, checked and made into records."""

import uuid
from collections.abc import Callable
from typing import Any

from pydantic import BaseModel, StrictInt, TypeAdapter, ValidationError
from starlette.requests import Request

from devstack.azureml_emulator.arm.context import check_query
from devstack.azureml_emulator.arm.errors import (
    ArmError,
    inferencing_error,
    not_done,
    user_error,
)
from devstack.azureml_emulator.arm.records import Endpoint
from devstack.azureml_emulator.workspace import Workspace

AUTH_MODES = ("Key", "AMLToken", "AADToken")
NOBODY = str(uuid.UUID(int=0))
"""The principal of an endpoint that has no identity of its own."""
SHARES = TypeAdapter(dict[str, StrictInt])


class EndpointChange(BaseModel):
    """What an update asks for; None leaves it as it is."""

    description: str | None = None
    tags: dict[str, str] | None = None
    traffic: dict[str, int] | None = None
    mirror_traffic: dict[str, int] | None = None
    public_network_access: str | None = None
    identity: dict[str, Any] | None = None


def new_endpoint(
    name: str, body: dict[str, Any], change: EndpointChange, workspace: Workspace
) -> Endpoint:
    properties = body.get("properties") or {}
    if properties.get("compute"):
        raise not_done("an endpoint on a Kubernetes cluster, which its `compute` names")
    auth_mode = properties.get("authMode") or "Key"
    if auth_mode not in AUTH_MODES:
        raise user_error(400, f"The auth mode '{auth_mode}' is unknown.", "BadArgument")
    return Endpoint(
        name=name,
        location=body.get("location") or workspace.region,
        tags=change.tags or {},
        kind=body.get("kind"),
        identity=shown_identity(change.identity or {}, workspace),
        description=change.description,
        auth_mode=auth_mode,
        public_network_access=change.public_network_access or "Enabled",
        properties=properties.get("properties") or {},
    )


def shown_identity(asked: dict[str, Any], workspace: Workspace) -> dict[str, Any]:
    """The identity that a request asks for, with the ids that the directory knows it by."""
    kind = asked.get("type") or "SystemAssigned"
    own = workspace.principal_id if "SystemAssigned" in kind else NOBODY
    shown = {"type": kind, "principalId": own, "tenantId": workspace.tenant_id}
    assigned = asked.get("userAssignedIdentities")
    if not assigned:
        return shown
    ids = {
        arm_id: {
            name: str(uuid.uuid5(uuid.NAMESPACE_URL, f"{arm_id}/{name}".lower()))
            for name in ("principalId", "clientId")
        }
        for arm_id in assigned
    }
    return {**shown, "userAssignedIdentities": ids}


def name_taken() -> ArmError:
    return inferencing_error(
        "InferencingClientCreateEndpointFailed",
        "",
        "There is already an endpoint with this name, Endpoint name needs to be unique within a"
        " region. Try some other name.",
    )


def read_change(body: dict[str, Any], properties: dict[str, Any]) -> EndpointChange:
    try:
        return EndpointChange(
            description=properties.get("description"),
            tags=body.get("tags"),
            traffic=_shares(properties.get("traffic")),
            mirror_traffic=_shares(properties.get("mirrorTraffic")),
            public_network_access=properties.get("publicNetworkAccess"),
            identity=body.get("identity"),
        )
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise user_error(400, f"{where}: {first['msg']}", "BadArgument") from None


def _shares(traffic: Any) -> dict[str, int] | None:
    return None if traffic is None else SHARES.validate_python(traffic)


def listed_by(request: Request) -> Callable[[Endpoint], bool]:
    """Which endpoints a list has: all, or those of this name, or with all these tags."""
    check_query(request, "name", "tags")
    only = request.query_params.get("name", "").lower()
    pairs = [pair for pair in request.query_params.get("tags", "").split(",") if pair]
    tags = {name: text for name, _, text in (pair.partition("=") for pair in pairs)}
    return lambda endpoint: (
        only in ("", endpoint.name.lower()) and tags.items() <= endpoint.tags.items()
    )
