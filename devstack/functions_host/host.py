"""The running host: the app, its engine and the HTTP front, from open socket to orderly end."""

import asyncio
import logging
import os
import signal
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount
from starlette.types import Receive, Scope, Send

from devstack.functions_host import admin
from devstack.functions_host.children import end_children
from devstack.functions_host.durable.database import Database
from devstack.functions_host.durable.engine import Engine
from devstack.functions_host.durable.entity_routes import EntityRoutes
from devstack.functions_host.durable.links import PREFIX, Links
from devstack.functions_host.durable.management import Management
from devstack.functions_host.durable.owner import Owner
from devstack.functions_host.functions import SUPPORTED_TRIGGERS, App
from devstack.functions_host.http_functions import HttpFunction, HttpFunctions, http_functions
from devstack.functions_host.keys import load_keys
from devstack.functions_host.settings import HostSettings
from devstack.functions_host.timers import Timers
from devstack.functions_host.worker import Worker
from devstack.loopback import HOST, port_of
from devstack.ready import write_ready

logger = logging.getLogger("functions_host")

_PATIENCE = 3.0  # seconds that running functions get to finish


class Host:
    def __init__(
        self, app: App, settings: HostSettings, state: Path, listener: socket.socket
    ) -> None:
        """Raises AppStartError, StateInUseError and UnreadableHubError."""
        self._app, self._settings = app, settings
        self._listener = listener
        self.url = f"http://{HOST}:{port_of(listener)}"
        self._owner = Owner(state)
        self._keys = load_keys(state)
        self._http = http_functions(app.triggered_by("httpTrigger"), settings.route_prefix)
        self._links = Links(settings.hub, self._keys.durable)
        self._worker = Worker(
            threads=int(os.environ.get("PYTHON_THREADPOOL_THREAD_COUNT", "32")),
            activity_threads=settings.max_activities,
            timeout=settings.function_timeout,
            client=self._links.client_binding(self.url),
        )
        self._timers = Timers(app.triggered_by("timerTrigger"), self._worker)
        self._engine = Engine(
            app,
            self._worker,
            Database(state / "hub.sqlite"),
            default_version=settings.default_version,
            max_activities=settings.max_activities,
            max_orchestrators=settings.max_orchestrators,
        )
        self._draining: asyncio.Task[None] | None = None

    def run(self, ready_file: Path | None) -> None:
        """Serve until SIGTERM or SIGINT. Does not return: a thread of the app may still be busy."""
        server = _Server(
            uvicorn.Config(
                self._asgi(ready_file),
                log_config=None,
                access_log=False,
                server_header=False,
                lifespan="on",
                timeout_graceful_shutdown=int(_PATIENCE),
                ws="none",
            )
        )
        asyncio.run(self._serve(server))
        end_children()
        logging.shutdown()
        os._exit(0 if server.started else 1)

    async def _serve(self, server: uvicorn.Server) -> None:
        def stop() -> None:
            server.should_exit = True
            self._drain()

        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop)
        await server.serve(sockets=[self._listener])

    def _drain(self) -> asyncio.Task[None]:
        if self._draining is None:
            self._timers.stop()
            self._draining = asyncio.create_task(self._engine.stop(_PATIENCE))
        return self._draining

    def _asgi(self, ready_file: Path | None) -> Starlette:
        @asynccontextmanager
        async def lifespan(_: Starlette) -> AsyncIterator[None]:
            await self._engine.start()
            self._timers.start()
            write_ready(ready_file, self._facts())
            self._announce()
            yield
            await self._drain()

        functions = HttpFunctions(self._http, self._worker, self._keys)
        routes: list[BaseRoute] = [
            Mount(
                PREFIX,
                routes=[
                    *Management(self._engine, self._links).routes(),
                    *EntityRoutes(self._engine).routes(),
                ],
            ),
            Mount(admin.PREFIX, routes=admin.Admin(self._app, self._worker, self._engine).routes()),
        ]
        asgi = Starlette(routes=routes, middleware=self._cors(), lifespan=lifespan)
        # Everything else, a path with a line break in it too, which no Mount takes.
        asgi.router.redirect_slashes = False
        asgi.router.default = _endpoint(functions)
        return asgi

    def _cors(self) -> list[Middleware]:
        if not self._settings.cors:
            return []
        return [
            Middleware(
                CORSMiddleware,
                allow_origins=self._settings.cors,
                allow_methods=["*"],
                allow_headers=["*"],
                allow_credentials=self._settings.cors_credentials,
            )
        ]

    def _facts(self) -> dict[str, Any]:
        http = {f.function.name: f for f in self._http}
        return {
            "url": self.url,
            "pid": os.getpid(),
            "functions": [
                _described(f.name, f.trigger, http.get(f.name)) for f in self._app.functions
            ],
            "hub": self._settings.hub,
            "master_key": self._keys.master,
            "function_key": self._keys.function,
        }

    def _announce(self) -> None:
        for name, reason in self._app.skipped:
            logger.warning("%s does not run: %s", name, reason)
        for item in self._http:
            logger.info(
                "%s: %s /%s", item.function.name, ",".join(item.methods), item.route.template
            )
        for trigger in SUPPORTED_TRIGGERS[1:]:
            names = sorted(f.name for f in self._app.triggered_by(trigger))
            if names:
                logger.info("%s: %s", trigger, ", ".join(names))
        logger.info("running at %s, hub %s", self.url, self._settings.hub)


class _Server(uvicorn.Server):
    """uvicorn without its signal handling, which ends the process before clean-up is done."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _endpoint(functions: HttpFunctions) -> Any:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        response: Response = await functions(Request(scope, receive, send))
        await response(scope, receive, send)

    return app


def _described(name: str, trigger: str, http: HttpFunction | None) -> dict[str, Any]:
    return {
        "name": name,
        "trigger": trigger,
        "route": f"/{http.route.template}" if http else None,
        "methods": list(http.methods) if http else [],
    }
