"""What a request for an endpoint says, checked and made into records."""

from typing import Any

from pydantic import BaseModel, StrictInt, TypeAdapter, ValidationError
from starlette.requests import Request

from devstack.azureml_emulator.arm.errors import ArmError, inferencing_error, user_error
from devstack.azureml_emulator.arm.records import Endpoint
from devstack.azureml_emulator.workspace import Workspace

AUTH_MODES = ("Key", "AMLToken", "AADToken")
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
    auth_mode = properties.get("authMode") or "Key"
    if auth_mode not in AUTH_MODES:
        raise user_error(400, f"The auth mode '{auth_mode}' is unknown.", "BadArgument")
    identity = {"type": "SystemAssigned", **(change.identity or {})}
    return Endpoint(
        name=name,
        location=body.get("location") or workspace.region,
        tags=change.tags or {},
        kind=body.get("kind"),
        identity={
            **identity,
            "principalId": workspace.principal_id,
            "tenantId": workspace.tenant_id,
        },
        description=change.description,
        auth_mode=auth_mode,
        public_network_access=change.public_network_access or "Enabled",
        properties=properties.get("properties") or {},
    )


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


def tag_filter(request: Request) -> dict[str, str]:
    pairs = [pair for pair in request.query_params.get("tags", "").split(",") if pair]
    return {name: text for name, _, text in (pair.partition("=") for pair in pairs)}
