"""`python -m devstack.supabase_local`: run a local Supabase until Ctrl-C."""

import logging
from pathlib import Path
from typing import Annotated

import typer
import uvicorn

from devstack.loopback import HOST, PortInUseError, listen, port_of
from devstack.supabase_local.connections import CuttableProtocol
from devstack.supabase_local.gateway import create_gateway
from devstack.supabase_local.lifespan import WithLifespan
from devstack.supabase_local.postgres.account import NoAccountError
from devstack.supabase_local.postgres.places import BinariesMissingError
from devstack.supabase_local.project import Project, StateInUseError

GRACE_SECONDS = 1
KEEP_ALIVE_SECONDS = 75
"""How long a connection may rest between requests, as on hosted projects."""


def main(
    migrations: Annotated[Path, typer.Option(help="Folder of <version>_<name>.sql files.")],
    state: Annotated[Path, typer.Option(help="Folder for everything that is kept.")],
    ready_file: Annotated[Path | None, typer.Option(help="Written when all is up.")] = None,
    port: Annotated[int, typer.Option(help="0 takes a free one.")] = 0,
    token_lifetime: Annotated[int, typer.Option(help="Seconds that access tokens hold.")] = 3600,
    anonymous_sign_ins: Annotated[bool, typer.Option(help="Whether they are allowed.")] = True,
) -> None:
    """PostgreSQL with REST, auth and storage for supabase-py and supabase-js, on loopback only."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)
    try:
        listener = listen(port, "local Supabase")
        url = f"http://{HOST}:{port_of(listener)}"
        project = Project(
            migrations,
            state,
            ready_file,
            url,
            token_lifetime,
            anonymous_sign_ins=anonymous_sign_ins,
        )
    except (PortInUseError, StateInUseError, NoAccountError, BinariesMissingError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    uvicorn.Server(
        uvicorn.Config(
            WithLifespan(create_gateway(project.services), project),
            http=CuttableProtocol,
            ws="none",
            lifespan="on",
            log_config=None,
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
        )
    ).run(sockets=[listener])


if __name__ == "__main__":
    typer.run(main)
