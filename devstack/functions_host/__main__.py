"""`python -m devstack.functions_host`: run a Functions app, a durable one too, on this machine."""

import os
import traceback
from pathlib import Path
from typing import Annotated

import typer

from devstack.functions_host import logs
from devstack.functions_host.durable.database import UnreadableHubError
from devstack.functions_host.durable.owner import StateInUseError
from devstack.functions_host.functions import AppStartError, load_app
from devstack.functions_host.host import Host
from devstack.functions_host.settings import read_settings
from devstack.loopback import HOST, PortInUseError, listen, port_of


def main(
    app: Annotated[
        Path,
        typer.Option(
            help="Folder with function_app.py and host.json.",
            exists=True,
            file_okay=False,
            resolve_path=True,
        ),
    ],
    state: Annotated[
        Path,
        typer.Option(
            help="Folder for the task hub and keys; kept between runs.", resolve_path=True
        ),
    ],
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1; 0 takes a free one.")] = 7071,
    ready_file: Annotated[
        Path | None,
        typer.Option(
            help="Written as JSON once the host is up: url, pid, functions, keys.",
            resolve_path=True,
        ),
    ] = None,
) -> None:
    """Run an Azure Functions app (Python v2 model) here, without Core Tools or a storage account.

    HTTP, timer, orchestration, activity and entity triggers run; others are named at the start and
    left out. The durable management API is at /runtime/webhooks/durabletask, the host's own at
    /admin/host/status and /admin/functions/NAME. Ctrl-C stops it; what was interrupted is done
    again at the next start.
    """
    if ready_file is not None:
        ready_file.unlink(missing_ok=True)
    try:
        listener = listen(port, "functions host")
        os.environ["WEBSITE_HOSTNAME"] = f"{HOST}:{port_of(listener)}"
        os.environ.setdefault("AZURE_FUNCTIONS_ENVIRONMENT", "Development")
        os.environ.setdefault("FUNCTIONS_WORKER_RUNTIME", "python")
        settings = read_settings(app, os.environ)
        logs.configure(settings)
        host = Host(load_app(app, settings.disabled), settings, state, listener)
    except (AppStartError, StateInUseError, UnreadableHubError, PortInUseError) as error:
        if isinstance(error, AppStartError) and error.unexpected:
            traceback.print_exception(error.__cause__)
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    host.run(ready_file)


if __name__ == "__main__":
    typer.run(main)
