"""The app's HTTP functions: find the route, check the key, call, answer what was returned."""

import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass

import azure.functions as func
from azure.functions.http import HttpRequest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from devstack.functions_host.context import child_span
from devstack.functions_host.failures import app_traceback
from devstack.functions_host.functions import AppStartError, Function
from devstack.functions_host.keys import Keys
from devstack.functions_host.routing import Route, RouteTemplateError, compile_route
from devstack.functions_host.worker import Invocation, Worker

logger = logging.getLogger("functions_host")

ALL_METHODS = ("GET", "POST", "DELETE", "HEAD", "PATCH", "PUT", "OPTIONS")
"""Of a function that names none, as they are listed; it takes every other method too."""
_DEFAULT_BODY_LIMIT = 104_857_600  # bytes, as the platform's


@dataclass(frozen=True)
class HttpFunction:
    function: Function
    route: Route
    methods: tuple[str, ...]
    level: str

    def takes(self, method: str) -> bool:
        return method in self.methods or self.methods is ALL_METHODS


def http_functions(functions: Sequence[Function], prefix: str) -> list[HttpFunction]:
    """Compile the routes. Raises AppStartError."""
    found = []
    for function in functions:
        binding = function.binding
        template = "/".join(part.strip("/") for part in (prefix, binding.route) if part.strip("/"))
        methods = tuple(str(m.value) for m in binding.methods or ()) or ALL_METHODS
        try:
            route = compile_route(template)
        except RouteTemplateError as error:
            raise AppStartError(f"function '{function.name}': {error}") from error
        level = binding.auth_level.value.lower() if binding.auth_level else "function"
        found.append(HttpFunction(function, route, methods, level))
    return sorted(found, key=lambda f: f.route.ranks)


class HttpFunctions:
    def __init__(self, functions: list[HttpFunction], worker: Worker, keys: Keys) -> None:
        self._functions = functions
        self._worker = worker
        self._keys = keys
        self._body_limit = int(
            os.environ.get("FUNCTIONS_REQUEST_BODY_SIZE_LIMIT", _DEFAULT_BODY_LIMIT)
        )

    async def __call__(self, request: Request) -> Response:
        """Methods are part of a route, as on the platform: where they differ, the next is tried."""
        path = request.scope["raw_path"].decode("ascii", "replace")
        for candidate in self._functions:
            parameters = candidate.route.match(path)
            if parameters is not None and candidate.takes(request.method):
                return await self._serve(candidate, parameters, request)
        return Response(status_code=404)

    async def _serve(
        self, target: HttpFunction, parameters: dict[str, str], request: Request
    ) -> Response:
        if not self._keys.allows(target.level, request):
            return Response(status_code=401)
        body = await self._body(request)
        if body is None:
            message = f"The request body is larger than {self._body_limit} bytes."
            return PlainTextResponse(message, status_code=413)
        function_request = HttpRequest(
            method=request.method,
            url=_url(request),
            headers=_joined(request),
            params=dict(request.query_params),
            route_params=parameters,
            body_type="bytes",
            body=body,
        )
        invocation = Invocation(
            function_request,
            child_span(request.headers.get("traceparent")),
            request.headers.get("tracestate", ""),
        )
        try:
            return _response(await self._worker.run(target.function, invocation))
        except Exception as error:
            logger.error("%s: %s", target.function.name, app_traceback(error))  # noqa: TRY400
            return Response(status_code=500)

    async def _body(self, request: Request) -> bytes | None:
        """The body, or None as soon as it is known to be too large."""
        if int(request.headers.get("content-length", 0)) > self._body_limit:
            return None
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > self._body_limit:
                return None
        return bytes(body)


def _url(request: Request) -> str:
    """As it was requested: Starlette's own has its percent-encoding undone."""
    query = request.scope["query_string"].decode("ascii", "replace")
    path = request.scope["raw_path"].decode("ascii", "replace")
    base = f"{request.url.scheme}://{request.url.netloc}"
    return f"{base}{path}?{query}" if query else base + path


def _joined(request: Request) -> dict[str, str]:
    """Headers by lower-case name; repeated ones are one, separated by commas."""
    headers: dict[str, str] = {}
    for name, value in request.headers.items():
        headers[name] = f"{headers[name]},{value}" if name in headers else value
    return headers


def _response(returned: object) -> Response:
    """What a function returned, as HTTP. Raises TypeError for what no HTTP function may return."""
    if returned is None:
        return Response(status_code=204)
    if isinstance(returned, str):
        return PlainTextResponse(returned)
    if not isinstance(returned, func.HttpResponse):
        raise TypeError(
            f"an HTTP function must return an HttpResponse or a str, not {type(returned).__name__}"
        )
    response = Response(returned.get_body(), status_code=returned.status_code)
    for name, value in returned.headers.items():
        if name.lower() != "content-length":
            response.headers.append(name, value)
    if "content-type" not in response.headers:
        text = returned.mimetype.startswith("text/")
        suffix = f"; charset={returned.charset}" if text else ""
        response.headers["content-type"] = returned.mimetype + suffix
    return response
