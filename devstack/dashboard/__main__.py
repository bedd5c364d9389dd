"""`python -m devstack.dashboard`: serve a built dashboard on loopback until Ctrl-C."""

import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

import typer
import uvicorn
from starlette.applications import Starlette

from devstack.dashboard.serve import create_site
from devstack.loopback import HOST, PortInUseError, listen, port_of
from devstack.ready import withdraw, write_ready


def main(
    site: Annotated[Path, typer.Option(help="Folder of the built pages.")],
    config: Annotated[Path, typer.Option(help="What /config.json answers.")],
    ready_file: Annotated[Path | None, typer.Option(help="Written when it is up.")] = None,
    port: Annotated[int, typer.Option(help="0 takes a free one.")] = 0,
) -> None:
    """Serve the dashboard's pages, with the headers of staticwebapp.config.json."""
    try:
        listener = listen(port, "dashboard")
    except PortInUseError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    url = f"http://{HOST}:{port_of(listener)}"
    app = create_site(site, json.loads(config.read_text()))

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        write_ready(ready_file, {"url": url, "pid": os.getpid()})
        yield
        withdraw(ready_file)

    app.router.lifespan_context = lifespan
    options = uvicorn.Config(app, log_level="warning", access_log=False, server_header=False)
    uvicorn.Server(options).run(sockets=[listener])


if __name__ == "__main__":
    typer.run(main)
