"""The durable management API: what the SDK and people call to start and steer instances."""

import logging
import uuid
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from devstack.functions_host.durable import history as h
from devstack.functions_host.durable.catalogue import UnknownFunctionError
from devstack.functions_host.durable.engine import Engine
from devstack.functions_host.durable.history import Event
from devstack.functions_host.durable.instance import NewInstance, Status
from devstack.functions_host.durable.instance_store import InstanceExistsError
from devstack.functions_host.durable.links import Links
from devstack.functions_host.durable.query import InstanceFilter, InvalidFilterError
from devstack.functions_host.durable.replies import (
    BROKEN,
    asked_place,
    flag,
    json_text,
    not_found,
    page_token,
    problem,
)
from devstack.functions_host.durable.status import shown_history, status_of

START_POLL_SECONDS, STATUS_POLL_SECONDS = 10, 5
"""What Retry-After says when an instance is started, and each time that it still runs."""
ENTITY_MARK = "@"
logger = logging.getLogger("functions_host")


class Management:
    def __init__(self, engine: Engine, links: Links) -> None:
        self._engine = engine
        self._links = links

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
        ]
        return [Route(path, endpoint, methods=[method]) for method, path, endpoint in table]

    async def start(self, request: Request) -> Response:
        body = await json_text(request)
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
        urls = self._links.of_instance(str(request.base_url), new.instance_id)
        location = quote(urls["statusQueryGetUri"], safe=":/?=&%")
        return JSONResponse(
            {"id": new.instance_id, **urls},
            status_code=202,
            headers={"Location": location, "Retry-After": str(START_POLL_SECONDS)},
        )

    async def status(self, request: Request) -> Response:
        instance_id = request.path_params["instance_id"]
        instance = await self._engine.instance(instance_id)
        if instance is None:
            return not_found(instance_id)
        show_input = flag(request, "showInput", default=True)
        history = None
        if flag(request, "showHistory", default=False):
            history = shown_history(
                await self._engine.history(instance_id),
                show_output=flag(request, "showHistoryOutput", default=False),
                show_input=show_input,
            )
        shown = status_of(instance, show_input=show_input, history=history)
        if not instance.status.is_final:
            location = quote(str(request.url), safe=":/?=&%")
            headers = {"Location": location, "Retry-After": str(STATUS_POLL_SECONDS)}
            return JSONResponse(shown, status_code=202, headers=headers)
        failed = instance.status is Status.FAILED
        as_error = failed and flag(request, "returnInternalServerErrorOnFailure", default=False)
        return JSONResponse(shown, status_code=500 if as_error else 200)

    async def find(self, request: Request) -> Response:
        try:
            wanted = InstanceFilter.from_query(request.query_params)
            after = asked_place(request)
        except InvalidFilterError as error:
            return problem(400, str(error))
        instances, more = await self._engine.find(wanted, after)
        show_input = flag(request, "showInput", default=True)
        shown = [status_of(i, show_input=show_input) for i in instances]
        return JSONResponse(shown, headers=page_token(more))

    async def raise_event(self, request: Request) -> Response:
        body = await json_text(request)
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
        if instance and not instance.status.is_final and pause == paused:
            verb, state = ("suspend", "Suspended") if pause else ("resume", instance.status)
            logger.warning(
                "%s: Cannot %s orchestration instance in the %s state.", instance_id, verb, state
            )
            return problem(
                500,
                BROKEN,
                f"Cannot {verb} the orchestration instance {instance_id} because instance is in"
                f" the {state} state.",
            )
        return await self._post(request, event)

    async def _post(self, request: Request, event: Event) -> Response:
        instance_id = request.path_params["instance_id"]
        status = await self._engine.post(instance_id, event)
        if status is None:
            return not_found(instance_id)
        if status.is_final:
            return problem(410, f"Instance '{instance_id}' has ended: {status}.")
        return Response(status_code=202)

    async def purge(self, request: Request) -> Response:
        instance_id = request.path_params["instance_id"]
        instance = await self._engine.instance(instance_id)
        if instance is None and instance_id.startswith(ENTITY_MARK):
            return JSONResponse(
                {"instancesDeleted": await self._engine.entities.purge(instance_id)}
            )
        if instance is None:
            return not_found(instance_id)
        if not instance.status.is_final:
            return JSONResponse(
                "Only orchestrations in a terminal state can be purged, but the orchestration with"
                f" instance ID {instance_id} has status {instance.status}",
                status_code=HTTPStatus.PRECONDITION_FAILED,
            )
        return JSONResponse({"instancesDeleted": await self._engine.purge([instance_id])})

    async def purge_many(self, request: Request) -> Response:
        try:
            wanted = InstanceFilter.from_query(request.query_params)
        except InvalidFilterError as error:
            return problem(400, str(error))
        if wanted.created_from is None:
            return JSONResponse(
                "Please provide value for 'createdTimeFrom' parameter.", status_code=400
            )
        deleted = await self._engine.purge_finished(wanted)
        if deleted == 0:
            return Response(status_code=404)
        return JSONResponse({"instancesDeleted": deleted})

    async def restart(self, request: Request) -> Response:
        instance_id = request.path_params["instance_id"]
        instance = await self._engine.instance(instance_id)
        if instance is None:
            message = "InstanceId does not match a valid orchestration instance."
            return problem(400, message, f"An orchestration with id {instance_id} was not found.")
        anew = flag(request, "restartWithNewInstanceId", default=True)
        new = NewInstance(
            instance_id=uuid.uuid4().hex if anew else instance_id,
            name=instance.name,
            input=instance.input,
            version=instance.version,
        )
        return await self._create(request, new)

    async def rewind(self, request: Request) -> Response:
        instance_id = request.path_params["instance_id"]
        instance = await self._engine.instance(instance_id)
        if instance is None:
            return JSONResponse(
                f'No orchestration with instance ID "{instance_id}" found.', status_code=404
            )
        if instance.status is not Status.FAILED:
            return JSONResponse(
                f"This orchestration has status {instance.status}, but only orchestrations in the"
                ' "Failed" state can be rewound.',
                status_code=HTTPStatus.PRECONDITION_FAILED,
            )
        await self._engine.rewind(instance, _reason(request))
        return Response(status_code=202)


def _reason(request: Request) -> str:
    return request.query_params.get("reason", "")
