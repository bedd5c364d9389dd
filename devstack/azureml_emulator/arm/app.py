"""ARM as one ASGI app: the workspace's routes, the region's, and operation polling."""

import logging
from collections import Counter
from collections.abc import Iterable

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from devstack.azureml_emulator.arm.errors import (
    ArmError,
    answer_arm_error,
    not_done,
    unknown_to_the_service,
)
from devstack.azureml_emulator.arm.gate import Gate
from devstack.azureml_emulator.arm.polling import status_body
from devstack.azureml_emulator.arm.records import OperationRecord, Resources
from devstack.azureml_emulator.arm.workspaces import check_scope
from devstack.azureml_emulator.monitor.errors import MonitorError, answer_monitor_error
from devstack.azureml_emulator.monitor.metric_routes import INSIGHTS
from devstack.azureml_emulator.monitor.setting_routes import SettingRoutes
from devstack.azureml_emulator.tokens import Tokens
from devstack.azureml_emulator.workspace import PROVIDER, Workspace

log = logging.getLogger(__name__)


BEFORE_A_NAME = (
    *("subscriptions", "resourceGroups", "workspaces", "onlineEndpoints", "deployments"),
    *("autoscalesettings", "locations"),
)
WORDS = {
    word.lower(): word
    for word in (*BEFORE_A_NAME, "providers", PROVIDER, INSIGHTS, "metrics", "metricDefinitions")
}


class OperationRoutes:
    def __init__(self, resources: Resources) -> None:
        self._resources = resources

    def routes(self) -> list[Route]:
        return [
            Route("/locations/{location}/mfeOperationsStatus/{id}", self.status),
            Route("/locations/{location}/mfeOperationResults/{id}", self.result),
        ]

    async def status(self, request: Request) -> Response:
        record = self._asked(request)
        return self._answer(request, record, 200)

    async def result(self, request: Request) -> Response:
        """What a Location header leads to: the same as `status`, with 202 while it runs."""
        record = self._asked(request)
        if record.error is not None:
            return JSONResponse({"error": record.error}, 400)
        return self._answer(request, record, 200 if record.ended else 202)

    def _answer(self, request: Request, record: OperationRecord, status: int) -> Response:
        headers = {} if record.ended else record.polling_headers
        return JSONResponse(status_body(record, request.url.path), status, headers=headers)

    def _asked(self, request: Request) -> OperationRecord:
        name = request.path_params["id"]
        record = self._resources.operations.get(name)
        if record is None:
            what = f"There is no operation with id {name.rpartition(':')[2]}"
            raise unknown_to_the_service("OperationNotFound", what)
        return record


class AnyCase:
    """Writes the fixed words of a path as the routes do: to ARM their case makes no difference."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            words: list[str] = []
            for part in scope["path"].split("/"):
                is_name = bool(words) and words[-1] in BEFORE_A_NAME
                words.append(part if is_name else WORDS.get(part.lower(), part))
            scope = {**scope, "path": "/".join(words)}
        await self._app(scope, receive, send)


class InWorkspace:
    """Lets a request through to the workspace's routes when its path names this workspace."""

    def __init__(self, app: ASGIApp, workspace: Workspace) -> None:
        self._app = app
        self._workspace = workspace

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        check_scope(Request(scope), self._workspace)
        await self._app(scope, receive, send)


async def answer_broken(request: Request, _: Exception) -> Response:
    """Starlette raises the error again after this answer, so that it is logged in full."""
    message = "The emulator failed; its log says why."
    return await answer_arm_error(request, ArmError(500, "InternalServerError", message))


def arm_app(
    workspace: Workspace,
    tokens: Tokens,
    workspace_routes: Iterable[BaseRoute],
    region_routes: Iterable[Route],
    group_routes: Iterable[Route],
    settings: SettingRoutes,
    unknown_routes: Counter[str],
) -> ASGIApp:
    """`unknown_routes` counts what a client asked for and nobody answers yet."""

    async def answer_unknown(request: Request, _: Exception) -> Response:
        route = f"{request.method} {request.url.path}"
        unknown_routes[route] += 1
        log.warning("no such ARM route: %s", route)
        return await answer_arm_error(request, not_done(route))

    subscription = "/subscriptions/{subscription}"
    group = f"{subscription}/resourceGroups/{{group}}/providers/{PROVIDER}"
    region = f"{subscription}/providers/{PROVIDER}"
    group_settings = f"{subscription}/resourceGroups/{{group}}/providers/{INSIGHTS}"
    inner = Router([*workspace_routes])
    app = Starlette(
        routes=[
            Mount(f"{group}/workspaces/{{workspace}}", InWorkspace(inner, workspace)),
            Mount(group, routes=[*group_routes]),
            Mount(group_settings, routes=settings.group_routes()),
            Mount(f"{subscription}/providers/{INSIGHTS}", routes=settings.subscription_routes()),
            Mount(region, routes=[*region_routes]),
        ],
        exception_handlers={
            ArmError: answer_arm_error,
            MonitorError: answer_monitor_error,
            HTTPException: answer_unknown,
            Exception: answer_broken,
        },
    )
    return Gate(AnyCase(app), tokens, workspace)
