"""How a handler becomes a route: its caller is known, it has a deadline, and errors are replies.

Handlers are synchronous: `fn(call) -> Reply | pydantic model`. The table ROUTES also feeds OpenAPI.
"""

import re
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import azure.durable_functions as df
import azure.functions as func
import structlog
from pydantic import BaseModel

from api.http.cors import cors_headers
from api.http.errors import as_response
from api.http.etags import conditional
from api.http.request import Call, Reply, open_call
from api.http.threads import in_thread
from shared.domain.deadline import Deadline
from shared.errors.waiting import TooBusy
from shared.ports.orchestrations import Orchestrations
from shared.services import services

_HARMLESS_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
Handler = Callable[[Call], Reply | BaseModel]
PublicHandler = Callable[[func.HttpRequest], Reply | BaseModel]


@dataclass(frozen=True)
class Route:
    method: str | None
    """None: any."""
    path: str
    summary: str
    handler: Handler | None = None
    public: PublicHandler | None = None
    """In place of a handler: anybody may call it."""
    success: int = 200
    reply: type[BaseModel] | None = None
    accepted: type[BaseModel] | None = None
    """The reply of a 202, where some requests are done at once and others go on."""
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    headers: dict[str, str] = field(default_factory=dict)
    """Request headers of its own: name to description."""
    errors: tuple[int, ...] = ()
    """Beyond those that every route may answer."""
    payload: type[BaseModel] | None = None
    """In place of `body`: what the endpoint takes, which is passed on unread."""
    replies: dict[str, str] = field(default_factory=dict)
    """Reply headers of its own: name to description."""
    passes_on: str = ""
    """What else the reply may be, where it comes from somebody else."""
    orchestrates: bool = False
    """Needs the durable client."""
    etag: bool = False
    """Pages poll it: the reply has an ETag, and If-None-Match is answered with 304."""

    @property
    def name(self) -> str:
        handler: Any = self.handler or self.public
        return str(handler.__name__)


log = structlog.get_logger()

ROUTES: list[Route] = []


def route(method: str, path: str, **facts: Any) -> Callable[[Handler], Handler]:
    """Declare a route for authenticated callers; see Route for the facts."""

    def declare(handler: Handler) -> Handler:
        ROUTES.append(Route(method, path, handler=handler, **facts))
        return handler

    return declare


def public_route(method: str, path: str, **facts: Any) -> Callable[[PublicHandler], PublicHandler]:
    """Declare a route for everybody."""

    def declare(handler: PublicHandler) -> PublicHandler:
        ROUTES.append(Route(method, path, public=handler, **facts))
        return handler

    return declare


def register(bp: df.Blueprint, route: Route) -> None:
    """Add the route to the blueprint, as a function with its handler's name."""

    async def orchestrating(req: func.HttpRequest, client: Any) -> func.HttpResponse:
        return await _answered(route, req, services().orchestrations(client))

    async def plain(req: func.HttpRequest) -> func.HttpResponse:
        return await _answered(route, req, None)

    http = bp.route(
        route=route.path,
        methods=[route.method] if route.method else None,
        auth_level=func.AuthLevel.ANONYMOUS,
        trigger_arg_name="req",
    )
    function: Any = plain
    if route.orchestrates:
        function = bp.durable_client_input(client_name="client")(orchestrating)
    bp.function_name(route.name)(http(function))


async def _answered(
    route: Route, req: func.HttpRequest, orchestrations: Orchestrations | None
) -> func.HttpResponse:
    deadline = Deadline.after(services().settings.supabase_timeout_seconds)
    work = partial(answer, route, req, orchestrations)
    return work(deadline) if route.public else await in_thread(work, deadline)


def answer(
    route: Route,
    req: func.HttpRequest,
    orchestrations: Orchestrations | None,
    deadline: Deadline,
) -> func.HttpResponse:
    """The reply to a request of this route, also where its handler raises: see errors.py."""
    request_id = _request_id(req)
    begun = time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(
        request_id=request_id, method=req.method, route=route.path
    )
    try:
        reply = _reply(route, req, request_id, orchestrations, deadline)
        if isinstance(reply, BaseModel):
            reply = Reply(route.success, reply.model_dump_json())
        if route.etag:
            reply = conditional(reply, req)
        response = reply.as_response(request_id)
    except Exception as error:
        response = as_response(error, request_id)
    response.headers.update(cors_headers(req, services().settings.origins))
    took = round((time.perf_counter() - begun) * 1000, 1)
    log.info("request_answered", status=response.status_code, milliseconds=took)
    return response


def _reply(
    route: Route,
    req: func.HttpRequest,
    request_id: str,
    orchestrations: Orchestrations | None,
    deadline: Deadline,
) -> Reply | BaseModel:
    if route.public:
        return route.public(req)
    if not route.handler:
        raise TypeError(f"{route.path} has no handler")
    if not deadline.left:
        raise TooBusy
    return route.handler(open_call(req, request_id, services(), orchestrations, deadline))


def _request_id(request: func.HttpRequest) -> str:
    """The caller's own where it is harmless, else a new one."""
    proposed = request.headers.get("x-request-id", "")
    return proposed if _HARMLESS_ID.fullmatch(proposed) else uuid.uuid4().hex
