"""The whole local world: the services in their order, the dashboard, the ready file."""

import asyncio
import contextlib
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

import httpx

from devstack.dashboard.build import NoDashboardError, build, built
from devstack.environment import app_environment, machine
from devstack.loopback import HOST
from devstack.ports import Ports
from devstack.ready import withdraw, write_ready
from devstack.seed import seed
from devstack.supervisor import Service, ServiceFailedError

ROOT = Path(__file__).resolve().parent.parent
CLIENT = ROOT / "client"
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
    dashboard: bool = False
    """Whether the pages are wanted, too."""
    dashboard_settled: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the pages are served, or when it is known that they cannot be."""
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
        if self.dashboard and (site := await asyncio.to_thread(built, CLIENT)):
            await self._serve_dashboard(site)
        await self.announce()

    async def stop(self) -> None:
        for service in reversed(self.services.values()):
            await service.stop()

    async def supervise(self) -> None:
        kept = [service.keep_alive(self.announce) for service in self.services.values()]
        if self.dashboard and "dashboard" not in self.services:
            kept.append(self._build_and_keep_dashboard())
        await asyncio.gather(*kept)

    async def _build_and_keep_dashboard(self) -> None:
        """The APIs do not wait for it; the ready file is written again when the pages are there."""
        self.tell("The dashboard is being built: about a minute, once for each change of client/.")
        try:
            site = await build(CLIENT, self.state / "logs" / "dashboard_build.log")
            await self._serve_dashboard(site)
        except (NoDashboardError, ServiceFailedError) as error:
            self.tell(f"No dashboard: {error} All else works without it.")
            self.dashboard_settled.set()
            return
        await self.announce()
        await self.services["dashboard"].keep_alive(self.announce)

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
            "dashboard_url": self.dashboard_url,
            "proxy_url": emulator["proxy_url"],
            "ca_bundle": emulator["ca_bundle"],
            "azureml_control_url": emulator["control_url"],
            "pids": {
                "functions_host": functions["pid"],
                "azureml_emulator": emulator["pid"],
                "supabase_local": database["pid"],
                "postgres": database["postgres_pid"],
                **({"dashboard": pages.facts["pid"]} if (pages := self._pages()) else {}),
            },
            **self.seeded,
        }

    @property
    def dashboard_url(self) -> str | None:
        pages = self._pages()
        return str(pages.facts["url"]) if pages else None

    def _pages(self) -> Service | None:
        """The dashboard's service, once it has been up."""
        service = self.services.get("dashboard")
        return service if service and service.facts else None

    async def _serve_dashboard(self, site: Path) -> None:
        """The built pages, told at run time which services they speak to."""
        database = self.services["supabase_local"].facts
        users = [{key: user[key] for key in ("email", "password")} for user in self.seeded["users"]]
        config = self.state / "dashboard.config.json"
        write_ready(
            config,
            {
                "functions_url": self.services["functions_host"].facts["url"],
                "supabase_url": database["url"],
                "publishable_key": database["publishable_key"],
                "demo_users": users,
            },
        )
        service = Service(
            "dashboard",
            [
                *(sys.executable, "-m", "devstack.dashboard", "--site", str(site)),
                *("--config", str(config), "--port", str(self.ports.dashboard)),
                *("--ready-file", str(self.state / "dashboard.ready.json")),
            ],
            {"PYTHONPATH": str(ROOT), **machine()},
            self.state / "dashboard.ready.json",
            self.state / "logs" / "dashboard.log",
        )
        await self._up(service)
        self.services["dashboard"] = service
        self.dashboard_settled.set()

    def _functions(self) -> Service:
        environment = app_environment(
            self.services["azureml_emulator"].facts,
            self.services["supabase_local"].facts,
            self.ports.dashboard,
        )
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
            {"PYTHONPATH": str(ROOT), **(environment or machine())},
            ready,
            self.state / "logs" / f"{name}.log",
        )
        self.services[name] = service
        return service

    async def _up(self, service: Service) -> None:
        await service.start()
        self.tell(f"{service.name} is up after {time.monotonic() - self.started:.1f} s")


@asynccontextmanager
async def running(
    state: Path,
    *,
    ports: Ports,
    latency: str,
    ready_file: Path | None,
    tell: Tell,
    host: Host,
    dashboard: bool,
) -> AsyncIterator[Stack]:
    """A stack that is up and supervised; on leaving, no process of it is left."""
    stack = Stack(state, ports, latency, ready_file, tell, host, dashboard)
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
