"""The host's own API: its state, its functions, and running any non-HTTP function by hand."""

import asyncio
import json
import logging
import os
import time

from azure.functions.durable_functions import ActivityTriggerConverter
from azure.functions.meta import Datum
from azure.functions.timer import TimerRequest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from devstack.functions_host.context import child_span
from devstack.functions_host.durable.management import problem
from devstack.functions_host.failures import app_traceback
from devstack.functions_host.functions import App, Function
from devstack.functions_host.worker import Invocation, Worker

logger = logging.getLogger("functions_host")
PREFIX = "/admin"
_RUNNABLE = ("timerTrigger", "activityTrigger")


class Admin:
    def __init__(self, app: App, worker: Worker) -> None:
        self._functions = {f.name.casefold(): f for f in app.functions}
        self._worker = worker
        self._started = time.monotonic()
        self._running: set[asyncio.Task[None]] = set()

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/host/status", self.status, methods=["GET"]),
            Route("/host/ping", self.ping, methods=["GET", "POST"]),
            Route("/functions", self.list, methods=["GET"]),
            Route("/functions/{name}", self.run, methods=["POST"]),
        ]

    async def status(self, _: Request) -> Response:
        uptime = int((time.monotonic() - self._started) * 1000)
        facts = {
            "id": "local",
            "state": "Running",
            "processUptime": uptime,
            "processId": os.getpid(),
        }
        return JSONResponse(facts)

    async def ping(self, _: Request) -> Response:
        return Response(status_code=200)

    async def list(self, _: Request) -> Response:
        return JSONResponse(
            [{"name": f.name, "trigger": f.trigger} for f in self._functions.values()]
        )

    async def run(self, request: Request) -> Response:
        """`{"input": "..."}`, as the platform has it: 202, and the function runs."""
        name = request.path_params["name"]
        function = self._functions.get(name.casefold())
        if function is None:
            return problem(404, f"There is no function '{name}'.")
        if function.trigger not in _RUNNABLE:
            return problem(
                400, f"'{name}' has a {function.trigger}: call its route or start it instead."
            )
        try:
            body = json.loads(await request.body() or b"{}")
            value = _value(function, body.get("input"))
        except (ValueError, AttributeError):
            return problem(400, 'The body must be JSON like {"input": "..."}.')
        task = asyncio.create_task(self._run(function, value))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return Response(status_code=202)

    async def _run(self, function: Function, value: object) -> None:
        try:
            await self._worker.run(function, Invocation(value, child_span(None)))
        except Exception as error:
            logger.error("%s: %s", function.name, app_traceback(error))  # noqa: TRY400


def _value(function: Function, given: object) -> object:
    if function.trigger == "timerTrigger":
        return TimerRequest(past_due=False)
    text = given if isinstance(given, str) else json.dumps(given)
    return ActivityTriggerConverter.decode(Datum(text, "json"), trigger_metadata=None)
