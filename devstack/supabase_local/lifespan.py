"""Ties a project's life to the server's: ASGI lifespan, with failures told as one clear message."""

import logging

from starlette.types import ASGIApp, Receive, Scope, Send

from devstack.supabase_local.migrations import MigrationChangedError, MigrationFailedError
from devstack.supabase_local.postgres.leftover import StubbornServerError
from devstack.supabase_local.postgres.server import PostgresFailedError
from devstack.supabase_local.project import Project

EXPLAINED = (
    FileNotFoundError,
    MigrationChangedError,
    MigrationFailedError,
    PostgresFailedError,
    StubbornServerError,
)
"""Failures whose message says all there is to say."""
log = logging.getLogger(__name__)


class WithLifespan:
    def __init__(self, app: ASGIApp, project: Project) -> None:
        self.app, self.project = app, project

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        else:
            await self.app(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        try:
            await self.project.start()
        except Exception as error:
            if not isinstance(error, EXPLAINED):
                log.exception("start_failed")
            await self.project.stop()
            await send({"type": "lifespan.startup.failed", "message": f"{error}"})
            return
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.project.stop()
        await send({"type": "lifespan.shutdown.complete"})
