"""`/rest/v1`: which request goes where, and how its failure is told."""

from collections.abc import Awaitable, Callable

import psycopg
from psycopg_pool import PoolTimeout
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from devstack.supabase_local.access import ANON, Access, AccessDeniedError, Caller
from devstack.supabase_local.catalog.watch import CatalogWatch
from devstack.supabase_local.database import Database
from devstack.supabase_local.limits import Memory, TooLargeError
from devstack.supabase_local.rest import functions, tables
from devstack.supabase_local.rest.errors import RestError, from_postgres, not_there
from devstack.supabase_local.rest.exchange import Exchange

Handler = Callable[[Exchange, str], Awaitable[Response]]
CALLS = ("GET", "HEAD", "POST")
NOT_IN_THE_PICTURE = ("PGRST202", "PGRST205")
"""Unknown function, unknown table: perhaps made a moment ago."""

TOKEN_REFUSED = ("PGRST301", "PGRST303")

_TABLE_HANDLERS: dict[str, Handler] = {
    "GET": tables.read,
    "HEAD": tables.read,
    "POST": tables.insert,
    "PATCH": tables.update,
    "DELETE": tables.delete,
    "PUT": tables.replace,
    "OPTIONS": tables.describe,
}


class RestRoutes:
    def __init__(self, database: Database, watch: CatalogWatch, access: Access) -> None:
        self.database, self.watch, self.access = database, watch, access
        self.memory = Memory()

    def routes(self) -> list[Route]:
        methods = ["GET", "HEAD", "POST", "PATCH", "DELETE", "PUT", "OPTIONS"]
        return [
            Route("/rest/v1/", self.root, methods=methods),
            Route("/rest/v1/rpc/{name}", self.function, methods=methods),
            Route("/rest/v1/{name}", self.table, methods=methods),
            Route("/rest/v1/{path:path}", self.nowhere, methods=methods),
        ]

    async def root(self, request: Request) -> Response:
        async def refuse(_: Exchange, __: str) -> Response:
            raise not_there("The OpenAPI description of the schema")

        return await self._answer(request, refuse, "")

    async def table(self, request: Request) -> Response:
        handler = _TABLE_HANDLERS[request.method]
        return await self._answer(request, handler, request.path_params["name"])

    async def function(self, request: Request) -> Response:
        async def refuse(_: Exchange, __: str) -> Response:
            raise RestError(405, "PGRST101", f"Cannot use the {request.method} method on RPC")

        calls = {"OPTIONS": functions.describe, **dict.fromkeys(CALLS, functions.call)}
        handler = calls.get(request.method, refuse)
        return await self._answer(request, handler, request.path_params["name"])

    async def nowhere(self, _: Request) -> Response:
        return RestError(404, "PGRST125", "Invalid path specified in request URL").response()

    async def _handle(
        self, request: Request, handler: Handler, name: str, caller: Caller
    ) -> Response:
        exchange = Exchange(request, self.database, self.watch.catalog, caller)
        response = await handler(exchange, name)
        response.headers.setdefault("Vary", "Accept, Prefer, Range")
        return response

    async def _answer(self, request: Request, handler: Handler, name: str) -> Response:
        async with self.memory.for_request(request.headers):
            response = await self._perform(request, handler, name)
        sent = self.memory.for_reply(response)
        if sent is None:
            message = "Too many large replies wait to be read."
            hint = "Try again when they have been read, or ask for fewer rows or columns."
            return RestError(503, "replies_unread", message, hint=hint).response()
        return sent

    async def _perform(self, request: Request, handler: Handler, name: str) -> Response:
        caller: Caller | None = None
        try:
            caller = self.access.caller(request.headers)
            try:
                return await self._handle(request, handler, name, caller)
            except RestError as missing:
                if missing.code not in NOT_IN_THE_PICTURE or not await self.watch.look_again():
                    raise
                return await self._handle(request, handler, name, caller)
        except AccessDeniedError as denied:
            return _denied(denied).response()
        except TooLargeError as error:
            return RestError(413, "request_too_large", str(error), hint="Send less.").response()
        except RestError as error:
            return error.response()
        except PoolTimeout:
            message = "Timed out acquiring connection from connection pool."
            return RestError(504, "PGRST003", message).response()
        except psycopg.Error as error:
            anonymous = caller is not None and caller.role == ANON
            return from_postgres(error, anonymous=anonymous).response()


def unsupported(request: Request) -> Response:
    return RestError(405, "PGRST117", f"Unsupported HTTP method: {request.method}").response()


def _denied(denied: AccessDeniedError) -> RestError:
    """A token that does not hold is told to the client by header too (RFC 6750)."""
    headers = {}
    if denied.code in TOKEN_REFUSED:
        said = denied.message.replace('"', "'")
        challenge = f'Bearer error="invalid_token", error_description="{said}"'
        headers["WWW-Authenticate"] = challenge
    return RestError(401, denied.code or "401", denied.message, hint=denied.hint, headers=headers)
