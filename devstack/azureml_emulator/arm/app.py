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

from devstack.azureml_emulator.arm.errors import ArmError, answer_arm_error, not_done
from devstack.azureml_emulator.arm.gate import Gate
from devstack.azureml_emulator.arm.polling import result_url, status_body
from devstack.azureml_emulator.arm.records import Resources
from devstack.azureml_emulator.arm.views import show_deployment, show_endpoint
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
    def __init__(self, resources: Resources, workspace: Workspace) -> None:
        self._resources = resources
        self._workspace = workspace

    def routes(self) -> list[Route]:
        return [
            Route("/locations/{location}/mfeOperationsStatus/{id}", self.status),
            Route("/locations/{location}/mfeOperationResults/{id}", self.result),
        ]

    async def status(self, request: Request) -> Response:
        record = self._resources.operations.get(request.path_params["id"])
        if record is None:
            raise ArmError(404, "NotFound", "There is no such operation.")
        return JSONResponse(
            status_body(record, request.url.path),
            headers={} if record.ended else record.polling_headers,
        )

    async def result(self, request: Request) -> Response:
        """What a Location header leads to: 202 while it runs, then the resource or its absence."""
        record = self._resources.operations.get(request.path_params["id"])
        if record is None:
            raise ArmError(404, "NotFound", "There is no such operation.")
        if not record.ended:
            headers = {"Location": result_url(self._workspace, record), **record.polling_headers}
            return Response(status_code=202, headers=headers)
        if record.error is not None:
            return JSONResponse({"error": record.error}, 400)
        if record.deployment is not None:
            deployment = self._resources.deployment(record.endpoint, record.deployment)
            body = (
                show_deployment(deployment, self._workspace, record.api_version)
                if deployment
                else None
            )
        else:
            endpoint = self._resources.endpoint(record.endpoint)
            body = (
                show_endpoint(endpoint, self._workspace, record.api_version) if endpoint else None
            )
        if body is None or record.kind == "regenerate keys":
            return Response(status_code=204 if body is None else 200)
        return JSONResponse(body)


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
