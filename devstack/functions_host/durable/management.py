"""The durable management API: what the SDK and people call to start and steer instances."""

import base64
import json
import uuid
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from devstack.functions_host.durable import history as h
from devstack.functions_host.durable.engine import Engine
from devstack.functions_host.durable.history import Event
from devstack.functions_host.durable.instance import NewInstance, Status
from devstack.functions_host.durable.instance_store import InstanceExistsError
from devstack.functions_host.durable.query import InstanceFilter, InvalidFilterError
from devstack.functions_host.durable.status import shown_history, status_of
from devstack.functions_host.durable.turn import UnknownFunctionError

PREFIX = "/runtime/webhooks/durabletask"
_CONTINUATION = "x-ms-continuation-token"


def client_binding(base_url: str, hub: str) -> str:
    """The value of a durable client binding. The SDK calls the same API that is public."""
    api = f"{base_url}{PREFIX}"
    create = f"{api}/orchestrators/{{functionName}}[/{{instanceId}}]"
    return json.dumps(
        {
            "taskHubName": hub,
            "creationUrls": {
                "createNewInstancePostUri": create,
                "createAndWaitOnNewInstancePostUri": create,
            },
            "managementUrls": {"id": "INSTANCEID", **_management_urls(api, "INSTANCEID")},
            "baseUrl": api,
            "requiredQueryStringParameters": "",
            "rpcBaseUrl": f"{api}/",
        }
    )


def _management_urls(api: str, instance_id: str) -> dict[str, str]:
    instance = f"{api}/instances/{instance_id}"
    return {
        "statusQueryGetUri": instance,
        "sendEventPostUri": f"{instance}/raiseEvent/{{eventName}}",
        "terminatePostUri": f"{instance}/terminate?reason={{text}}",
        "rewindPostUri": f"{instance}/rewind?reason={{text}}",
        "purgeHistoryDeleteUri": instance,
        "restartPostUri": f"{instance}/restart",
        "suspendPostUri": f"{instance}/suspend?reason={{text}}",
        "resumePostUri": f"{instance}/resume?reason={{text}}",
    }


def problem(status: int, message: str) -> Response:
    """An error as the durable extension sends it: the SDK reads ExceptionMessage."""
    return JSONResponse({"Message": message, "ExceptionMessage": message}, status_code=status)


def _not_found(instance_id: str) -> Response:
    return problem(404, f"No instance with ID '{instance_id}' found.")


def _flag(request: Request, name: str, default: bool) -> bool:
    return request.query_params.get(name, str(default)).lower() == "true"


class Management:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def routes(self) -> list[BaseRoute]:
        table: list[tuple[str, str, Callable[[Request], Awaitable[Response]]]] = [
            ("POST", "/orchestrators/{name}", self.start),
            ("POST", "/orchestrators/{name}/{instance_id}", self.start),
            ("GET", "/instances", self.find),
            ("GET", "/instances/", self.find),
            ("DELETE", "/instances", self.purge_many),
            ("DELETE", "/instances/", self.purge_many),
            ("GET", "/instances/{instance_id}", self.status),
            ("DELETE", "/instances/{instance_id}", self.purge),
            ("POST", "/instances/{instance_id}/raiseEvent/{name}", self.raise_event),
            ("POST", "/instances/{instance_id}/terminate", self.terminate),
            ("POST", "/instances/{instance_id}/suspend", self.suspend),
            ("POST", "/instances/{instance_id}/resume", self.resume),
            ("POST", "/instances/{instance_id}/restart", self.restart),
            ("POST", "/instances/{instance_id}/rewind", self.rewind),
            ("GET", "/entities/{name}/{key}", self.entity_state),
            ("POST", "/entities/{name}/{key}", self.signal_entity),
        ]
        return [Route(path, endpoint, methods=[method]) for method, path, endpoint in table]

    async def start(self, request: Request) -> Response:
        body = await _json_text(request)
        if body is None:
            return problem(400, "The request body is not JSON.")
        new = NewInstance(
            instance_id=request.path_params.get("instance_id") or uuid.uuid4().hex,
            name=request.path_params["name"],
            input=body,
            version=request.query_params.get("version"),
            traceparent=request.headers.get("traceparent"),
        )
        return await self._create(request, new)

    async def _create(self, request: Request, new: NewInstance) -> Response:
        try:
            await self._engine.create(new)
        except UnknownFunctionError as error:
            return problem(400, str(error))
        except InstanceExistsError as error:
            return problem(409, str(error))
        urls = _management_urls(f"{request.base_url}{PREFIX.lstrip('/')}", new.instance_id)
        location = quote(urls["statusQueryGetUri"], safe=":/?=&%")
        return JSONResponse(
            {"id": new.instance_id, **urls},
            status_code=202,
            headers={"Location": location, "Retry-After": "10"},
        )

    async def status(self, request: Request) -> Response:
        instance_id = request.path_params["instance_id"]
        instance = await self._engine.instance(instance_id)
        if instance is None:
            return _not_found(instance_id)
        show_input = _flag(request, "showInput", default=True)
        history = None
        if _flag(request, "showHistory", default=False):
            history = shown_history(
                await self._engine.history(instance_id),
                show_output=_flag(request, "showHistoryOutput", default=False),
                show_input=show_input,
            )
        shown = status_of(instance, show_input=show_input, history=history)
        if not instance.status.is_final:
            headers = {"Location": quote(str(request.url), safe=":/?=&%"), "Retry-After": "10"}
            return JSONResponse(shown, status_code=202, headers=headers)
        failed = instance.status is Status.FAILED
        as_error = failed and _flag(request, "returnInternalServerErrorOnFailure", default=False)
        return JSONResponse(shown, status_code=500 if as_error else 200)

    async def find(self, request: Request) -> Response:
        try:
            wanted = InstanceFilter.from_query(request.query_params)
            after = _decoded(request.headers.get(_CONTINUATION))
        except InvalidFilterError as error:
            return problem(400, str(error))
        instances, more = await self._engine.find(wanted, after)
        show_input = _flag(request, "showInput", default=True)
        shown = [status_of(i, show_input=show_input) for i in instances]
        headers = {_CONTINUATION: _encoded(more) if more else ""}
        return JSONResponse(shown, headers=headers)

    async def raise_event(self, request: Request) -> Response:
        body = await _json_text(request)
        if body is None:
            return problem(400, "Only application/json request content is supported.")
        return await self._post(request, h.event_raised(request.path_params["name"], body))

    async def terminate(self, request: Request) -> Response:
        return await self._post(request, h.terminated(_reason(request)))

    async def suspend(self, request: Request) -> Response:
        return await self._pause(request, h.suspended(_reason(request)), pause=True)

    async def resume(self, request: Request) -> Response:
        return await self._pause(request, h.resumed(_reason(request)), pause=False)

    async def _pause(self, request: Request, event: Event, *, pause: bool) -> Response:
        instance_id = request.path_params["instance_id"]
        instance = await self._engine.instance(instance_id)
        paused = instance is not None and instance.status is Status.SUSPENDED
        live = instance is not None and not instance.status.is_final
        if live and pause == paused:
            verb, state = ("suspend", "suspended") if pause else ("resume", "not suspended")
            return problem(400, f"Cannot {verb} instance '{instance_id}': it is {state}.")
        return await self._post(request, event)

    async def _post(self, request: Request, event: Event) -> Response:
        instance_id = request.path_params["instance_id"]
        status = await self._engine.post(instance_id, event)
        if status is None:
            return _not_found(instance_id)
        if status.is_final:
            return problem(410, f"Instance '{instance_id}' has ended: {status}.")
        return Response(status_code=202)

    async def purge(self, request: Request) -> Response:
        instance_id = request.path_params["instance_id"]
        instance = await self._engine.instance(instance_id)
        if instance is None:
            return _not_found(instance_id)
        if not instance.status.is_final:
            return problem(
                409,
                f"Instance '{instance_id}' is {instance.status}: terminate it before purging it.",
            )
        return JSONResponse({"instancesDeleted": await self._engine.purge([instance_id])})

    async def purge_many(self, request: Request) -> Response:
        try:
            wanted = InstanceFilter.from_query(request.query_params)
        except InvalidFilterError as error:
            return problem(400, str(error))
        if wanted.created_from is None:
            return problem(400, "Please provide a value for 'createdTimeFrom'.")
        deleted = await self._engine.purge_finished(wanted)
        if deleted == 0:
            return problem(404, "No finished instance matches.")
        return JSONResponse({"instancesDeleted": deleted})

    async def restart(self, request: Request) -> Response:
        instance_id = request.path_params["instance_id"]
        instance = await self._engine.instance(instance_id)
        if instance is None:
            return _not_found(instance_id)
        anew = _flag(request, "restartWithNewInstanceId", default=True)
        new = NewInstance(
            instance_id=uuid.uuid4().hex if anew else instance_id,
            name=instance.name,
            input=instance.input,
            version=instance.version,
        )
        response = await self._create(request, new)
        if response.status_code == HTTPStatus.ACCEPTED:
            # The SDK takes the whole body for the new id.
            return JSONResponse(new.instance_id, status_code=HTTPStatus.ACCEPTED)
        return response

    async def entity_state(self, request: Request) -> Response:
        name, key = request.path_params["name"], request.path_params["key"]
        state = await self._engine.entities.state(name, key)
        if state is None:
            return problem(404, f"There is no entity '{name}' with the key '{key}'.")
        return Response(state, media_type="application/json")

    async def signal_entity(self, request: Request) -> Response:
        name, key = request.path_params["name"], request.path_params["key"]
        try:
            self._engine.catalogue.check_entity(name)
        except UnknownFunctionError as error:
            return problem(404, str(error))
        body = await _json_text(request)
        if body is None:
            return problem(400, "The request body is not JSON.")
        operation = request.query_params.get("op", "")
        await self._engine.entities.signal(name, key, operation, body)
        return Response(status_code=202)

    async def rewind(self, _: Request) -> Response:
        return problem(501, "This local host cannot rewind an instance. Restart it instead.")


def _reason(request: Request) -> str:
    return request.query_params.get("reason", "")


async def _json_text(request: Request) -> str | None:
    """The body as JSON text ('null' when empty), or None if it is not JSON."""
    body = await request.body()
    try:
        return json.dumps(json.loads(body)) if body.strip() else "null"
    except ValueError:
        return None


def _encoded(token: tuple[str, str]) -> str:
    return base64.urlsafe_b64encode(json.dumps(token).encode()).decode()


def _decoded(token: str | None) -> tuple[str, str] | None:
    if not token:
        return None
    try:
        created_at, instance_id = json.loads(base64.urlsafe_b64decode(token))
    except ValueError as error:
        raise InvalidFilterError(_CONTINUATION, token) from error
    return created_at, instance_id
