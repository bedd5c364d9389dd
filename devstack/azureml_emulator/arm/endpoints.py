"""Online endpoints: create, update, traffic, keys, delete."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from devstack.azureml_emulator.arm.context import api_version, json_body, planned_failure
from devstack.azureml_emulator.arm.endpoint_requests import (
    EndpointChange,
    listed_by,
    name_taken,
    new_endpoint,
    read_change,
    shown_identity,
)
from devstack.azureml_emulator.arm.errors import (
    OperationFailed,
    no_endpoint,
    user_error,
)
from devstack.azureml_emulator.arm.operations import Operations, until_due
from devstack.azureml_emulator.arm.polling import (
    accepted_action,
    accepted_deletion,
    accepted_patch,
    accepted_put,
)
from devstack.azureml_emulator.arm.records import (
    Endpoint,
    OperationRecord,
    Resources,
    new_key,
    newest_first,
    now,
)
from devstack.azureml_emulator.arm.rules import (
    check_idle,
    check_mirror,
    check_name,
    check_traffic,
)
from devstack.azureml_emulator.arm.views import endpoint_put_again, show_endpoint
from devstack.azureml_emulator.serving.fleet import Fleet
from devstack.azureml_emulator.settings import Settings
from devstack.azureml_emulator.tokens import Tokens
from devstack.azureml_emulator.workspace import Workspace

TOKEN_SECONDS = 24 * 3600 - 60
REFRESHED_BEFORE_SECONDS = 43_169
"""Seconds before its end from which a client should have a new token, as recorded."""


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
        listed = filter(listed_by(request), newest_first(self._resources.endpoints.all()))
        return JSONResponse({"value": [self._shown(request, endpoint) for endpoint in listed]})

    async def get(self, request: Request) -> Response:
        return JSONResponse(self._shown(request, self._existing(request)))

    async def put(self, request: Request) -> Response:
        name = request.path_params["endpoint"]
        body = await json_body(request)
        change = read_change(body, body.get("properties") or {})
        endpoint = self._resources.endpoint(name)
        if endpoint is not None:
            auth_mode = (body.get("properties") or {}).get("authMode") or endpoint.auth_mode
            if auth_mode != endpoint.auth_mode:
                raise user_error(400, "The auth mode of an endpoint is immutable.", "BadArgument")
            if change.mirror_traffic is None:
                change.mirror_traffic = {}  # a PUT that leaves the mirror out takes it away
            endpoint.modified_at = now()
            operation = self._start_update(request, endpoint, change)
            wanted = endpoint.model_copy(update=change.model_dump(exclude_none=True))
            body = endpoint_put_again(self._shown(request, wanted), api_version(request))
            return accepted_put(request, body, self._workspace, operation)
        check_name("endpoint", name)
        check_traffic(change.traffic or {}, ())
        check_mirror(change.mirror_traffic or {}, {}, ())
        if self._settings.is_taken(name):
            raise name_taken()
        endpoint = new_endpoint(name, body, change, self._workspace)
        operation = self._start(request, "create endpoint", endpoint, "Creating", "endpoint")
        return accepted_put(request, self._shown(request, endpoint), self._workspace, operation)

    async def patch(self, request: Request) -> Response:
        body = await json_body(request)
        endpoint = self._existing(request)
        operation = self._start_update(request, endpoint, read_change(body, {}))
        return accepted_patch(self._workspace, operation)

    async def delete(self, request: Request) -> Response:
        endpoint = self._resources.endpoint(request.path_params["endpoint"])
        if endpoint is None:
            return Response(status_code=204)
        for running in self._operations.running(endpoint.name):
            if running.kind == "delete endpoint":
                return accepted_deletion(self._workspace, running, api_version(request))
            await self._operations.cancel(running)
        for deployment in self._resources.deployments_of(endpoint.name):
            for running in self._operations.running(endpoint.name, deployment.name):
                await self._operations.cancel(running)
        endpoint = self._existing(request)
        operation = self._start(request, "delete endpoint", endpoint, "Deleting", "delete")
        return accepted_deletion(self._workspace, operation, api_version(request))

    async def list_keys(self, request: Request) -> Response:
        endpoint = self._existing(request)
        keys = {"primaryKey": endpoint.primary_key, "secondaryKey": endpoint.secondary_key}
        return JSONResponse(keys if endpoint.auth_mode == "Key" else dict.fromkeys(keys))

    async def regenerate_keys(self, request: Request) -> Response:
        endpoint = self._existing(request)
        kind = str((await json_body(request)).get("keyType"))
        if kind not in ("Primary", "Secondary"):
            raise user_error(400, "keyType is Primary or Secondary.", "BadArgument")
        check_idle("update", f"endpoint {endpoint.name}", endpoint.provisioning_state)
        operation = self._start(
            request, "regenerate keys", endpoint, "Updating", "traffic", {"kind": kind}
        )
        return accepted_action(self._workspace, operation)

    async def token(self, request: Request) -> Response:
        endpoint = self._existing(request)
        token, expires = self._tokens.issue(
            self._workspace.scoring_host(endpoint.name), TOKEN_SECONDS
        )
        return JSONResponse(
            {
                "accessToken": token,
                "tokenType": "Bearer",
                "expiryTimeUtc": expires,
                "refreshAfterTimeUtc": expires - REFRESHED_BEFORE_SECONDS,
            }
        )

    def _start_update(
        self, request: Request, endpoint: Endpoint, change: EndpointChange
    ) -> OperationRecord:
        check_idle("update", f"endpoint {endpoint.name}", endpoint.provisioning_state)
        ready = [
            deployment.name
            for deployment in self._resources.deployments_of(endpoint.name)
            if deployment.provisioning_state == "Succeeded"
        ]
        if change.traffic is not None:
            check_traffic(change.traffic, ready)
        traffic = endpoint.traffic if change.traffic is None else change.traffic
        mirror = change.mirror_traffic
        check_mirror(endpoint.mirror_traffic if mirror is None else mirror, traffic, ready)
        return self._start(
            request, "update endpoint", endpoint, "Updating", "traffic", change.model_dump()
        )

    def _shown(self, request: Request, endpoint: Endpoint) -> dict[str, Any]:
        return show_endpoint(endpoint, self._workspace, api_version(request))

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
        return self._operations.start(
            kind,
            endpoint,
            api_version=api_version(request),
            running_word=word,
            seconds=getattr(latency, wait),
            polling_headers=latency.polling_headers(),
            payload=payload,
            planned_failure=planned_failure(request),
        )

    def _existing(self, request: Request) -> Endpoint:
        name = request.path_params["endpoint"]
        endpoint = self._resources.endpoint(name)
        if endpoint is None:
            raise no_endpoint(name, self._workspace)
        return endpoint

    async def _create(self, operation: OperationRecord) -> None:
        await until_due(operation)

    async def _update(self, operation: OperationRecord) -> None:
        await until_due(operation)
        endpoint = self._target(operation)
        change = EndpointChange.model_validate(operation.payload)
        if change.identity is not None:
            change.identity = shown_identity(change.identity, self._workspace)
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
