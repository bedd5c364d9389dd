"""Online endpoints: create, update, traffic, keys, delete."""

from typing import Any

from pydantic import BaseModel, StrictInt, TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from devstack.azureml_emulator.arm.context import api_version, json_body, planned_failure
from devstack.azureml_emulator.arm.errors import (
    ArmError,
    OperationFailed,
    inferencing_error,
    not_found,
    user_error,
)
from devstack.azureml_emulator.arm.operations import Operations, accepted, until_due
from devstack.azureml_emulator.arm.records import (
    TERMINAL,
    Endpoint,
    OperationRecord,
    Resources,
    new_key,
)
from devstack.azureml_emulator.arm.rules import check_name, check_traffic
from devstack.azureml_emulator.serving.fleet import Fleet
from devstack.azureml_emulator.settings import Settings
from devstack.azureml_emulator.tokens import Tokens
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


class Endpoints:
    def __init__(
        self,
        resources: Resources,
        workspace: Workspace,
        operations: Operations,
        settings: Settings,
        fleet: Fleet,
        tokens: Tokens,
    ) -> None:
        self._resources = resources
        self._workspace = workspace
        self._operations = operations
        self._settings = settings
        self._fleet = fleet
        self._tokens = tokens
        operations.register("create endpoint", self._create)
        operations.register("update endpoint", self._update)
        operations.register("delete endpoint", self._delete)
        operations.register("regenerate keys", self._regenerate)

    def routes(self) -> list[Route]:
        one = "/onlineEndpoints/{endpoint}"
        return [
            Route("/onlineEndpoints", self.list),
            Route(one, self.get),
            Route(one, self.put, methods=["PUT"]),
            Route(one, self.patch, methods=["PATCH"]),
            Route(one, self.delete, methods=["DELETE"]),
            Route(f"{one}/listKeys", self.list_keys, methods=["POST"]),
            Route(f"{one}/regenerateKeys", self.regenerate_keys, methods=["POST"]),
            Route(f"{one}/token", self.token, methods=["POST"]),
        ]

    async def list(self, request: Request) -> Response:
        tags = _tag_filter(request)
        shown = [
            endpoint.as_arm(self._workspace)
            for endpoint in self._resources.endpoints.all()
            if all(endpoint.tags.get(name) == text for name, text in tags.items())
        ]
        return JSONResponse({"value": shown})

    async def get(self, request: Request) -> Response:
        return JSONResponse(self._existing(request).as_arm(self._workspace))

    async def put(self, request: Request) -> Response:
        name = request.path_params["endpoint"]
        body = await json_body(request)
        change = _change(body, body.get("properties") or {})
        endpoint = self._resources.endpoint(name)
        if endpoint is not None:
            auth_mode = (body.get("properties") or {}).get("authMode") or endpoint.auth_mode
            if auth_mode != endpoint.auth_mode:
                raise user_error(400, "The auth mode of an endpoint is immutable.", "BadArgument")
            return self._start_update(request, endpoint, change, 201)
        check_name("endpoint", name)
        check_traffic(change.traffic or {}, ())
        if self._settings.is_taken(name):
            raise name_taken()
        endpoint = self._new_endpoint(name, body, change)
        operation = self._start(request, "create endpoint", endpoint, "Creating", "endpoint")
        return accepted(201, endpoint.as_arm(self._workspace), self._operations, operation)

    async def patch(self, request: Request) -> Response:
        body = await json_body(request)
        return self._start_update(request, self._existing(request), _change(body, {}), 202)

    async def delete(self, request: Request) -> Response:
        endpoint = self._resources.endpoint(request.path_params["endpoint"])
        if endpoint is None:
            return Response(status_code=204)
        for running in self._operations.running(endpoint.name):
            if running.kind == "delete endpoint":
                return accepted(202, None, self._operations, running)
            await self._operations.cancel(running)
        for deployment in self._resources.deployments_of(endpoint.name):
            for running in self._operations.running(endpoint.name, deployment.name):
                await self._operations.cancel(running)
        endpoint = self._existing(request)
        operation = self._start(request, "delete endpoint", endpoint, "Deleting", "delete")
        return accepted(202, None, self._operations, operation)

    async def list_keys(self, request: Request) -> Response:
        endpoint = self._existing(request)
        if endpoint.auth_mode != "Key":
            raise user_error(400, "This endpoint does not use keys.", "BadArgument")
        return JSONResponse(
            {"primaryKey": endpoint.primary_key, "secondaryKey": endpoint.secondary_key}
        )

    async def regenerate_keys(self, request: Request) -> Response:
        endpoint = self._existing(request)
        kind = str((await json_body(request)).get("keyType"))
        if kind not in ("Primary", "Secondary"):
            raise user_error(400, "keyType is Primary or Secondary.", "BadArgument")
        self._check_idle(endpoint, "update")
        operation = self._start(
            request, "regenerate keys", endpoint, "Updating", "traffic", {"kind": kind}
        )
        return accepted(202, None, self._operations, operation)

    async def token(self, request: Request) -> Response:
        endpoint = self._existing(request)
        token, expires = self._tokens.issue(self._workspace.scoring_host(endpoint.name))
        return JSONResponse(
            {
                "accessToken": token,
                "tokenType": "Bearer",
                "expiryTimeUtc": expires,
                "refreshAfterTimeUtc": expires - 3600,
            }
        )

    def _new_endpoint(self, name: str, body: dict[str, Any], change: EndpointChange) -> Endpoint:
        properties = body.get("properties") or {}
        auth_mode = properties.get("authMode") or "Key"
        if auth_mode not in AUTH_MODES:
            raise user_error(400, f"The auth mode '{auth_mode}' is unknown.", "BadArgument")
        identity = {"type": "SystemAssigned", **(change.identity or {})}
        return Endpoint(
            name=name,
            location=body.get("location") or self._workspace.region,
            tags=change.tags or {},
            kind=body.get("kind"),
            identity={
                **identity,
                "principalId": self._workspace.principal_id,
                "tenantId": self._workspace.tenant_id,
            },
            description=change.description,
            auth_mode=auth_mode,
            public_network_access=change.public_network_access or "Enabled",
            properties=properties.get("properties") or {},
        )

    def _start_update(
        self, request: Request, endpoint: Endpoint, change: EndpointChange, status: int
    ) -> Response:
        self._check_idle(endpoint, "update")
        if change.traffic is not None:
            ready = [
                deployment.name
                for deployment in self._resources.deployments_of(endpoint.name)
                if deployment.provisioning_state == "Succeeded"
            ]
            check_traffic(change.traffic, ready)
        operation = self._start(
            request, "update endpoint", endpoint, "Updating", "traffic", change.model_dump()
        )
        return accepted(status, endpoint.as_arm(self._workspace), self._operations, operation)

    def _start(
        self,
        request: Request,
        kind: str,
        endpoint: Endpoint,
        word: str,
        wait: str,
        payload: dict[str, Any] | None = None,
    ) -> OperationRecord:
        latency = self._settings.latency
        endpoint.provisioning_state = word
        self._resources.save_endpoint(endpoint)
        operation = self._operations.start(
            kind,
            api_version=api_version(request),
            endpoint=endpoint.name,
            running_word=word,
            seconds=getattr(latency, wait),
            polling_headers=latency.polling_headers(),
            payload=payload,
            planned_failure=planned_failure(request),
        )
        endpoint.operation_uri = self._operations.status_url(operation)
        self._resources.save_endpoint(endpoint)
        return operation

    def _check_idle(self, endpoint: Endpoint, verb: str) -> None:
        if endpoint.provisioning_state not in TERMINAL:
            raise ArmError(
                409,
                "Conflict",
                f"Cannot {verb} endpoint {endpoint.name} because it is in"
                f" {endpoint.provisioning_state} provisioning state.",
            )

    def _existing(self, request: Request) -> Endpoint:
        name = request.path_params["endpoint"]
        endpoint = self._resources.endpoint(name)
        if endpoint is None:
            group = self._workspace.resource_group
            raise not_found("workspaces/onlineEndpoints", name, group)
        return endpoint

    async def _create(self, operation: OperationRecord) -> None:
        await until_due(operation)

    async def _update(self, operation: OperationRecord) -> None:
        await until_due(operation)
        endpoint = self._target(operation)
        change = EndpointChange.model_validate(operation.payload)
        if change.identity is not None:
            change.identity = {**(endpoint.identity or {}), **change.identity}
        for name, value in change.model_dump(exclude_none=True).items():
            setattr(endpoint, name, value)
        self._resources.save_endpoint(endpoint)

    async def _regenerate(self, operation: OperationRecord) -> None:
        await until_due(operation)
        endpoint = self._target(operation)
        if operation.payload["kind"] == "Primary":
            endpoint.primary_key = new_key()
        else:
            endpoint.secondary_key = new_key()
        self._resources.save_endpoint(endpoint)

    async def _delete(self, operation: OperationRecord) -> None:
        for deployment in self._resources.deployments_of(operation.endpoint):
            await self._fleet.remove(operation.endpoint, deployment.name)
        await until_due(operation)
        for deployment in self._resources.deployments_of(operation.endpoint):
            self._resources.delete_deployment(operation.endpoint, deployment.name)
        self._resources.endpoints.delete(operation.endpoint.lower())

    def _target(self, operation: OperationRecord) -> Endpoint:
        endpoint = self._resources.endpoint(operation.endpoint)
        if endpoint is None:
            raise OperationFailed("ResourceNotFound", "The endpoint is gone.")
        return endpoint


def name_taken() -> ArmError:
    return inferencing_error(
        "InferencingClientCreateEndpointFailed",
        "",
        "There is already an endpoint with this name, Endpoint name needs to be unique within a"
        " region. Try some other name.",
    )


def _change(body: dict[str, Any], properties: dict[str, Any]) -> EndpointChange:
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


def _tag_filter(request: Request) -> dict[str, str]:
    pairs = [pair for pair in request.query_params.get("tags", "").split(",") if pair]
    return {name: text for name, _, text in (pair.partition("=") for pair in pairs)}
