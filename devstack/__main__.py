"""`python -m devstack up | demo | down`: the local world, from one command."""

import asyncio
import contextlib
import os
import shutil
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, NoReturn

import httpx
import typer
from rich.console import Console

from devstack.claim import StateInUseError, StateUnusableError, claim, running_pid
from devstack.dashboard.page import show_page
from devstack.demo import Demo, DemoFailedError, write_result
from devstack.loopback import PortInUseError
from devstack.outputs import unwritable
from devstack.ports import DEFAULT_BASE, Ports
from devstack.stack import Host, Stack, running
from devstack.supervisor import ServiceFailedError

app = typer.Typer(
    help="Slipway's local world: Azure Functions, Azure ML and Supabase on this machine.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
console = Console()

State = Annotated[Path, typer.Option(help="Where the world keeps its files.")]
Fresh = Annotated[bool, typer.Option("--fresh", help="Begin with an empty state.")]
PortBase = Annotated[int, typer.Option(help="First of six ports in a row.", min=1024, max=65000)]
Latency = Annotated[str, typer.Option(help="How slow Azure ML is: instant, real, or a factor.")]
NoDashboard = Annotated[
    bool, typer.Option("--no-dashboard", help="Only the APIs, even where Node is there.")
]
FunctionsHost = Annotated[
    Host, typer.Option("--host", help="local, or func: Core Tools, with Azurite running.")
]
DEFAULT_STATE = Path(".state")
STOP_SECONDS = 30


def _writable(file: Path | None) -> Path | None:
    """Said now, not after minutes of work that then have nowhere to go."""
    if file and (why := unwritable(file)):
        raise typer.BadParameter(f"{file} cannot be written: {why}")
    return file


ReadyFile = Annotated[Path | None, typer.Option(help="JSON with every URL, key and pid.")]
JsonFile = Annotated[
    Path | None,
    typer.Option("--json", help="Write the result and the seconds there.", callback=_writable),
]
Work = Callable[[Stack], Awaitable[None]]


@app.command()
def up(
    state: State = DEFAULT_STATE,
    fresh: Fresh = False,
    ready_file: ReadyFile = None,
    port_base: PortBase = DEFAULT_BASE,
    no_dashboard: NoDashboard = False,
    latency: Latency = "instant",
    host: FunctionsHost = Host.LOCAL,
) -> None:
    """Run the local world until Ctrl-C; a service that dies is restarted."""

    async def stay_up(stack: Stack) -> None:
        facts = stack.facts()
        console.print(f"Slipway   {facts['functions_url']}")
        console.print(f"Supabase  {facts['supabase_url']}")
        console.print(f"Azure ML  {facts['azureml_control_url']} (control)")
        for user in facts["users"]:
            console.print(f"User      {user['email']}  {user['password']}", highlight=False)
        console.print("Ctrl-C ends it.")
        if not no_dashboard:
            await stack.dashboard_settled.wait()
            show_page(stack.dashboard_url, console)
        await asyncio.Event().wait()

    _run(stay_up, state, fresh, ready_file, port_base, latency, host, dashboard=not no_dashboard)


@app.command()
def demo(
    once: Annotated[bool, typer.Option("--once", help="End when the model is scored.")] = False,
    json_file: JsonFile = None,
    state: State = DEFAULT_STATE,
    fresh: Fresh = False,
    ready_file: ReadyFile = None,
    port_base: PortBase = DEFAULT_BASE,
    no_dashboard: NoDashboard = False,
    latency: Latency = "instant",
) -> None:
    """Train a real model, deploy it over HTTP, follow the phases, score it."""
    started = time.monotonic()
    dashboard = not (once or no_dashboard)

    async def show(stack: Stack) -> None:
        demonstration = Demo(stack.facts(), console, started)
        result = await asyncio.to_thread(demonstration.run)
        try:
            write_result(result, json_file)
        finally:
            if once:
                await asyncio.to_thread(demonstration.clean_up, result["deployment_id"])
        if once:
            return
        console.print("The world stays up; Ctrl-C ends it.")
        if dashboard:
            await stack.dashboard_settled.wait()
            path = f"/dashboard/deployments/view/?id={result['deployment_id']}"
            show_page(stack.dashboard_url, console, user=stack.facts()["users"][0], path=path)
        await asyncio.Event().wait()

    _run(show, state, fresh, ready_file, port_base, latency, dashboard=dashboard)


@app.command()
def down(state: State = DEFAULT_STATE) -> None:
    """End a local world that runs elsewhere on this machine, by its state folder."""
    pid = running_pid(state)
    if pid is None:
        console.print(f"No local world runs in {state}.")
        return
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while running_pid(state) is not None:
        if time.monotonic() > deadline:
            console.print(f"Process {pid} has not ended within {STOP_SECONDS} s.", style="red")
            sys.exit(1)
        time.sleep(0.05)
    console.print("The local world is down.")


def _run(
    work: Work,
    state: Path,
    fresh: bool,
    ready_file: Path | None,
    port_base: int,
    latency: str,
    host: Host = Host.LOCAL,
    *,
    dashboard: bool,
) -> None:
    """Bring the world up, do the work in it, take it down; exit 1 with one clear message."""
    if host is Host.FUNC and shutil.which("func") is None:
        console.print("Azure Functions Core Tools (func) are not installed; leave --host out.")
        sys.exit(1)
    try:
        ports = Ports.from_base(port_base)
        with claim(state, fresh=fresh):
            asyncio.run(
                _in_world(work, state.resolve(), ready_file, ports, latency, host, dashboard)
            )
    except (
        StateInUseError,
        StateUnusableError,
        PortInUseError,
        ServiceFailedError,
        DemoFailedError,
        TimeoutError,
    ) as error:
        _end(str(error))
    except httpx.HTTPError as error:
        _end(f"{_told(error)} The logs in {state / 'logs'} say why; start again to go on.")
    except OSError as error:
        _end(f"{error}. See to that file, its rights and the disk's room, then start again.")


def _end(message: str) -> NoReturn:
    console.print(message, style="red", markup=False, highlight=False, soft_wrap=True)
    sys.exit(1)


def _told(error: httpx.HTTPError) -> str:
    what = f"{error.request.method} {error.request.url}"
    if isinstance(error, httpx.HTTPStatusError):
        return f"{what} was answered with {error.response.status_code}."
    return f"{what} was not answered: {error}."


async def _in_world(
    work: Work,
    state: Path,
    ready_file: Path | None,
    ports: Ports,
    latency: str,
    host: Host,
    dashboard: bool,
) -> None:
    me = asyncio.current_task()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, me.cancel if me else lambda: None)
    with contextlib.suppress(asyncio.CancelledError):
        async with running(
            state,
            ports=ports,
            latency=latency,
            ready_file=ready_file,
            host=host,
            dashboard=dashboard,
            tell=lambda text: console.print(text, highlight=False),
        ) as stack:
            await work(stack)


if __name__ == "__main__":
    app()
