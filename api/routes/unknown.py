"""Requests that no route takes: 404, 405 where the path takes other methods, and preflights."""

import re

import azure.functions as func

from api.http.cors import preflight
from api.http.request import Reply
from api.http.routing import ROUTES, Route
from shared.errors.requests import MethodNotAllowed, NotFound
from shared.services import services

_PARAMETER = re.compile(r"{\w+(:guid)?}")
_GUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_NAME = r"[^/]+"


def unknown_route(request: func.HttpRequest) -> Reply:
    path = request.route_params.get("path", "").strip("/")
    if allowed := _methods(path):
        if reply := preflight(request, allowed, services().settings.origins):
            return reply
        raise MethodNotAllowed(request.method, allowed)
    raise NotFound(
        "There is nothing at this path.", fix="GET /docs shows every route; ids are UUIDs."
    )


UNKNOWN = Route(None, "{*path}", summary="What no other route takes.", public=unknown_route)
"""Not in ROUTES, as it is no part of the API. Hosts that try routes by the names of their
functions, not by how specific they are, come to this name last."""


def _methods(path: str) -> set[str]:
    return {route.method for route in ROUTES if route.method and _takes(route, path)}


def _takes(route: Route, path: str) -> bool:
    pattern = "".join(
        re.escape(piece) if at % 2 == 0 else (_GUID if piece else _NAME)
        for at, piece in enumerate(_PARAMETER.split(route.path))
    )
    return re.fullmatch(pattern, path, re.IGNORECASE) is not None
