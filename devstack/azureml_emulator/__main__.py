"""`python -m devstack.azureml_emulator --state DIR --ready-file FILE`: run until stopped."""

import asyncio
import logging
from pathlib import Path
from typing import Annotated

import typer

from devstack.azureml_emulator.latency import Latency
from devstack.azureml_emulator.serve import StateInUseError, serve
from devstack.azureml_emulator.serving.images import default_cache
from devstack.loopback import PortInUseError


def main(
    state: Annotated[Path, typer.Option(help="Where everything is kept; made when missing.")],
    ready_file: Annotated[
        Path | None, typer.Option(help="Written as JSON when all listeners are up.")
    ] = None,
    proxy_port: Annotated[int, typer.Option(help="CONNECT proxy; 0 takes a free one.")] = 0,
    control_port: Annotated[int, typer.Option(help="Control API and managed identity.")] = 0,
    front_port: Annotated[int, typer.Option(help="TLS for Azure's own host names.")] = 0,
    latency: Annotated[str, typer.Option(help="instant, real, or a factor of real.")] = "instant",
    environments: Annotated[
        Path | None, typer.Option(help="Cache of built environments, shared by all states.")
    ] = None,
) -> None:
    """Azure ML on this machine, for the unmodified SDK."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    try:
        preset = Latency.preset(latency)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--latency") from None
    try:
        asyncio.run(
            serve(
                state=state.resolve(),
                ready_file=ready_file,
                environments=environments or default_cache(),
                latency=preset,
                proxy_port=proxy_port,
                control_port=control_port,
                front_port=front_port,
            )
        )
    except (PortInUseError, StateInUseError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
app.command()(main)

if __name__ == "__main__":
    app()
