"""The host's own API: its state, its functions, and running any non-HTTP function by hand.

Open to whoever reaches the loopback interface, as under Core Tools; so is the management API.
"""

import json
import logging
import os
import time
import uuid

from azure.functions.durable_functions import ActivityTriggerConverter
from azure.functions.meta import Datum
from azure.functions.timer import TimerRequest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from devstack.functions_host.context import child_span
from devstack.functions_host.durable.engine import Engine
from devstack.functions_host.durable.instance import NewInstance
from devstack.functions_host.durable.replies import problem
from devstack.functions_host.durable.turnstile import Tasks
from devstack.functions_host.failures import app_traceback
from devstack.functions_host.functions import App, Function
from devstack.functions_host.worker import Invocation, Worker

logger = logging.getLogger("functions_host")
PREFIX = "/admin"


class Admin:
    def __init__(self, app: App, worker: Worker, engine: Engine) -> None:
        self._functions = {f.name.casefold(): f for f in app.functions}
        self._worker = worker
        self._engine = engine
        self._started = time.monotonic()
        self._tasks = Tasks()

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
        try:
            given = json.loads(await request.body() or b"{}").get("input")
        except (ValueError, AttributeError):
            return problem(400, 'The body must be JSON like {"input": "..."}.')
        match function.trigger:
            case "orchestrationTrigger":
                new = NewInstance(uuid.uuid4().hex, function.durable_name, json.dumps(given))
                await self._engine.create(new)
                return JSONResponse({"id": new.instance_id}, status_code=202)
            case "timerTrigger":
                self._tasks.spawn(self._run(function, TimerRequest(past_due=False)))
            case "activityTrigger":
                self._tasks.spawn(self._run(function, _activity_input(given)))
            case trigger:
                return problem(400, f"'{name}' has a {trigger}: it cannot be run by hand.")
        return Response(status_code=202)

    async def _run(self, function: Function, value: object) -> None:
        try:
            await self._worker.run(function, Invocation(value, child_span(None)))
        except Exception as error:
            logger.error("%s: %s", function.name, app_traceback(error))  # noqa: TRY400


def _activity_input(given: object) -> object:
    text = given if isinstance(given, str) else json.dumps(given)
    return ActivityTriggerConverter.decode(Datum(text, "json"), trigger_metadata=None)
