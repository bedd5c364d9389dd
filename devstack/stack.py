"""The whole local world: the services in their order, the app's environment, the ready file."""

import asyncio
import contextlib
import os
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

import httpx

from devstack.loopback import HOST
from devstack.ports import Ports
from devstack.ready import withdraw, write_ready
from devstack.seed import seed
from devstack.supervisor import Service

ROOT = Path(__file__).resolve().parent.parent
INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "XDG_CACHE_HOME", "SSL_CERT_DIR")
INHERITED_PREFIXES = ("UV_", "PIP_")
"""Where packages come from is the machine's business."""
SETTING_PREFIXES = ("MAX_", "CONVERSION_", "ENDPOINT_", "DEPLOYMENT_", "TRAFFIC_", "REMOVAL_",
                    "SCORE_", "LOG_LEVEL", "SUPABASE_TIMEOUT_SECONDS")  # fmt: skip
"""Slipway's own settings, passed through so that they can be tried."""

AZURITE = {"AzureWebJobsStorage": "UseDevelopmentStorage=true"}
Tell = Callable[[str], None]


class Host(StrEnum):
    """What runs the functions: our own host, or Azure Functions Core Tools."""

    LOCAL = "local"
    FUNC = "func"


@dataclass
class Stack:
    state: Path
    ports: Ports
    latency: str
    ready_file: Path | None
    tell: Tell
    host: Host
    started: float = field(default_factory=time.monotonic)
    seeded: dict[str, Any] = field(default_factory=dict)
    services: dict[str, Service] = field(default_factory=dict)

    async def start(self) -> None:
        """Everything up, seeded, and told in the ready file. Raises ServiceFailedError."""
        emulator = self._service(
            "azureml_emulator",
            *("--proxy-port", self.ports.proxy, "--control-port", self.ports.control),
            *("--front-port", self.ports.front, "--latency", self.latency),
        )
        database = self._service(
            "supabase_local",
            *("--migrations", ROOT / "supabase" / "migrations", "--port", self.ports.supabase),
        )
        await asyncio.gather(self._up(emulator), self._up(database))
        functions = self._functions()
        _, self.seeded = await asyncio.gather(
            self._up(functions), asyncio.to_thread(seed, self.state / "seed.json", database.facts)
        )
        await self.announce()

    async def stop(self) -> None:
        for service in reversed(self.services.values()):
            await service.stop()

    async def supervise(self) -> None:
        await asyncio.gather(
            *(service.keep_alive(self.announce) for service in self.services.values())
        )

    async def announce(self) -> None:
        write_ready(self.ready_file, self.facts())

    def facts(self) -> dict[str, Any]:
        """The ready file's content."""
        emulator = self.services["azureml_emulator"].facts
        database = self.services["supabase_local"].facts
        functions = self.services["functions_host"].facts
        return {
            "functions_url": functions["url"],
            "supabase_url": database["url"],
            "publishable_key": database["publishable_key"],
            "secret_key": database["secret_key"],
            "dashboard_url": None,
            "proxy_url": emulator["proxy_url"],
            "ca_bundle": emulator["ca_bundle"],
            "azureml_control_url": emulator["control_url"],
            "pids": {
                "functions_host": functions["pid"],
                "azureml_emulator": emulator["pid"],
                "supabase_local": database["pid"],
                "postgres": database["postgres_pid"],
            },
            **self.seeded,
        }

    @property
    def dashboard_origins(self) -> str:
        """The dashboard by both names of this machine, and origins that the caller adds."""
        added = os.environ.get("CORS_ALLOWED_ORIGINS", "")
        dashboard = [f"http://{host}:{self.ports.dashboard}" for host in (HOST, "localhost")]
        return ",".join(filter(None, [*dashboard, added]))

    def app_environment(self) -> dict[str, str]:
        """What the app is told, here as on Azure: only these values differ."""
        emulator = self.services["azureml_emulator"].facts
        database = self.services["supabase_local"].facts
        settings = {
            name: value for name, value in os.environ.items() if name.startswith(SETTING_PREFIXES)
        }
        return {
            **_machine(),
            **settings,
            **emulator["environment"],
            "SUPABASE_URL": database["url"],
            "SUPABASE_ANON_KEY": database["publishable_key"],
            "SUPABASE_SERVICE_KEY": database["secret_key"],
            "CORS_ALLOWED_ORIGINS": self.dashboard_origins,
            "FUNCTIONS_WORKER_RUNTIME": "python",
        }

    def _functions(self) -> Service:
        environment = self.app_environment()
        if self.host is Host.FUNC:
            return self._core_tools({**environment, **AZURITE})
        return self._service(
            "functions_host",
            *("--app", ROOT, "--port", self.ports.functions),
            environment=environment,
        )

    def _core_tools(self, environment: dict[str, str]) -> Service:
        """`func start` on the same folder; Azurite must run beside it."""
        url = f"http://{HOST}:{self.ports.functions}"

        def answers(pid: int) -> dict[str, Any] | None:
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(f"{url}/healthz").status_code == httpx.codes.OK:
                    return {"url": url, "pid": pid}
            return None

        service = Service(
            "functions_host",
            ["func", "start", "--port", str(self.ports.functions), "--script-root", str(ROOT)],
            environment,
            self.state / "functions_host.ready.json",
            self.state / "logs" / "functions_host.log",
            probe=answers,
        )
        self.services[service.name] = service
        return service

    def _service(
        self, name: str, *arguments: object, environment: dict[str, str] | None = None
    ) -> Service:
        ready = self.state / f"{name}.ready.json"
        service = Service(
            name,
            [
                *(sys.executable, "-m", f"devstack.{name}"),
                *("--state", str(self.state / name), "--ready-file", str(ready)),
                *map(str, arguments),
            ],
            {"PYTHONPATH": str(ROOT), **(environment or _machine())},
            ready,
            self.state / "logs" / f"{name}.log",
        )
        self.services[name] = service
        return service

    async def _up(self, service: Service) -> None:
        await service.start()
        self.tell(f"{service.name} is up after {time.monotonic() - self.started:.1f} s")


def _machine() -> dict[str, str]:
    return {
        name: value
        for name, value in os.environ.items()
        if name in INHERITED or name.startswith(INHERITED_PREFIXES)
    }


@asynccontextmanager
async def running(
    state: Path, *, ports: Ports, latency: str, ready_file: Path | None, tell: Tell, host: Host
) -> AsyncIterator[Stack]:
    """A stack that is up and supervised; on leaving, no process of it is left."""
    stack = Stack(state, ports, latency, ready_file, tell, host)
    supervision: asyncio.Task[None] | None = None
    try:
        await stack.start()
        supervision = asyncio.create_task(stack.supervise())
        yield stack
    finally:
        if supervision:
            supervision.cancel()
            await asyncio.gather(supervision, return_exceptions=True)
        await stack.stop()
        withdraw(ready_file)
