"""One REST request on its way: what it asks, who asks, and the transaction that answers it."""

import json
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl

from psycopg import Rollback, sql
from starlette.requests import Request
from starlette.responses import Response

from devstack.supabase_local.access import Caller
from devstack.supabase_local.catalog.model import Catalog, Table
from devstack.supabase_local.database import Connection, Database
from devstack.supabase_local.limits import MOST_REPLY, MOST_REQUEST, read_body
from devstack.supabase_local.rest import overrides
from devstack.supabase_local.rest.errors import RestError, too_large
from devstack.supabase_local.rest.expressions import SQL
from devstack.supabase_local.rest.hints import table_hint
from devstack.supabase_local.rest.media import Form, parse_accept
from devstack.supabase_local.rest.payload import Payload, parse_payload
from devstack.supabase_local.rest.prefer import Preferences, parse_prefer
from devstack.supabase_local.rest.ranges import Page, content_range, parse_range
from devstack.supabase_local.rest.selection import Select
from devstack.supabase_local.rest.statement import Statement, estimated_total, exact_total

READS = ("GET", "HEAD")
BODILESS = (204, 205, 304)
"""Statuses that allow no body."""
ALWAYS_CONFIRMED = ("count", "tx", "handling", "timezone")


@dataclass(frozen=True)
class Outcome:
    """What a statement yielded."""

    body: bytes = b""
    rows: int = 0
    total: int | None = None
    headers: str | None = None
    status: str | None = None
    """The last two as the database's functions set them."""
    inserted: int = 0
    """Of an upsert's rows, how many were new."""


NO_OUTCOME = Outcome()


class Exchange:
    def __init__(
        self, request: Request, database: Database, catalog: Catalog, caller: Caller
    ) -> None:
        self.request, self.database, self.catalog, self.caller = request, database, catalog, caller
        self.method = request.method
        self.handled: Collection[str] = ()
        """Media types in which the database itself shows what this request is about."""

    @cached_property
    def parameters(self) -> list[tuple[str, str]]:
        pairs = parse_qsl(self.request.url.query, keep_blank_values=True)
        if any("\0" in key or "\0" in value for key, value in pairs):
            raise RestError(400, "22021", 'invalid byte sequence for encoding "UTF8": 0x00')
        return pairs

    @cached_property
    def prefer(self) -> Preferences:
        return parse_prefer(",".join(self.request.headers.getlist("prefer")))

    @cached_property
    def form(self) -> Form:
        header = ",".join(self.request.headers.getlist("accept"))
        form = parse_accept(header, self.handled)
        if form.plan and not self.catalog.plan_enabled:
            refused = form.content_type.removesuffix("; charset=utf-8")
            message = f"None of these media types are available: {refused}"
            raise RestError(406, "PGRST107", message)
        return replace(form, bodiless=True) if self.method == "HEAD" else form

    @cached_property
    def schema(self) -> str:
        header = "accept-profile" if self.method in READS else "content-profile"
        schema = self.request.headers.get(header, self.catalog.schemas[0])
        if schema not in self.catalog.schemas:
            raise RestError(
                406,
                "PGRST106",
                f"Invalid schema: {schema}",
                hint=f"Only the following schemas are exposed: {', '.join(self.catalog.schemas)}",
            )
        return schema

    def table(self, name: str) -> Table:
        table = self.catalog.tables.get((self.schema, name))
        if table is None:
            raise RestError(
                404,
                "PGRST205",
                f"Could not find the table '{self.schema}.{name}' in the schema cache",
                hint=table_hint(self.catalog, self.schema, name),
            )
        self.handled = self.catalog.handled(table)
        return table

    def range(self) -> Page:
        """The `Range` header means something on GET alone."""
        return parse_range(self.request.headers.get("range") if self.method == "GET" else None)

    async def payload(self, *, of_call: bool = False) -> Payload:
        body = await read_body(self.request, MOST_REQUEST)
        return parse_payload(
            body,
            self.request.headers.get("content-type"),
            of_call=of_call,
            columns="columns" in self.request.query_params,
        )

    @asynccontextmanager
    async def transaction(
        self, *, read_only: bool, statement_timeout: str | None = None
    ) -> AsyncIterator[Connection]:
        """Rolled back at its end when the request prefers so, once deferred constraints hold."""
        settings = {
            "request.method": self.method,
            "request.path": self.request.url.path.removeprefix("/rest/v1"),
            "request.headers": json.dumps(dict(self.request.headers)),
            "request.cookies": json.dumps(dict(self.request.cookies)),
            **overrides.SETTINGS,
        }
        if self.prefer.timezone:
            settings["timezone"] = self.prefer.timezone
        if statement_timeout:
            settings["statement_timeout"] = statement_timeout
        path = tuple(dict.fromkeys((self.schema, *self.catalog.extra_search_path)))
        async with self.database.as_caller(
            self.caller, read_only=read_only, search_path=path, request=settings
        ) as connection:
            if name := self.catalog.pre_request:
                await connection.execute(sql.SQL("select {}()").format(sql.Identifier(*name)))
            yield connection
            if self.prefer.rollback:
                await connection.execute("set constraints all immediate")
                raise Rollback

    async def run(self, connection: Connection, statement: Statement) -> Outcome:
        """Binary results come by the extended protocol, which takes one statement only.

        Raises a 501 for a body of more than MOST_REPLY bytes, which is never fetched.
        """
        cursor = await connection.cursor(binary=True).execute(statement.sql)
        row = await cursor.fetchone()
        if row is None:
            return NO_OUTCOME
        body, size, rows, total, headers, status, inserted = row
        if body is None and size is not None:
            raise too_large(size, MOST_REPLY)
        body = b"null" if size is None else body
        return Outcome(body, rows, total, headers, status, int(inserted or 0))

    async def explain(self, connection: Connection, statement: Statement) -> Response:
        options = [sql.SQL(f"format {self.form.plan}"), *map(sql.SQL, self.form.plan_options)]
        query = sql.SQL("explain ({}) {}").format(sql.SQL(", ").join(options), statement.sql)
        cursor = await connection.cursor(binary=True).execute(query)
        rows = await cursor.fetchall()
        plan: Any = rows[0][0] if self.form.plan == "json" else None
        text = json.dumps(plan) if plan else "\n".join(row[0] for row in rows)
        return Response(text, media_type=self.form.content_type)

    async def total(self, connection: Connection, select: Select) -> SQL | None:
        """What counts the matching rows, as the request prefers it; None when it does not ask."""
        if self.prefer.count is None:
            return None
        if self.prefer.count == "exact":
            return exact_total(select)
        planned = await self._planned(connection, select)
        if self.prefer.count == "estimated":
            return estimated_total(select, planned, self.catalog.max_rows)
        return sql.SQL("{}::bigint").format(sql.Literal(planned))

    async def _planned(self, connection: Connection, select: Select) -> int:
        query = sql.SQL("explain (format json) {}").format(select.matching())
        row = await (await connection.cursor(binary=True).execute(query)).fetchone()
        return int(row[0][0]["Plan"]["Plan Rows"]) if row else 0

    def reply(
        self,
        status: int,
        outcome: Outcome = NO_OUTCOME,
        *,
        content: bool = True,
        page: tuple[int, int, int | None] | None = None,
        confirm: Sequence[str] = (),
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """`content`: whether the outcome's body is sent; `page`: offset, rows and total for
        `Content-Range`; `confirm`: the preferences that meant something here.

        Raises PGRST111, PGRST112 for overrides that cannot be followed.
        """
        said = overrides.parse_overrides(outcome.headers, outcome.status)
        status = said.status or status
        content = content and status not in BODILESS
        written = dict(headers or {})
        if page:
            written["Content-Range"] = content_range(*page)
        if confirmed := self.prefer.confirmed(*confirm, *ALWAYS_CONFIRMED):
            written["Preference-Applied"] = confirmed
        if content:
            content_type = self.form.content_type
            charset = "" if "charset" in content_type else "; charset=utf-8"
            written["Content-Type"] = content_type + charset
            if len(self.catalog.schemas) > 1:
                written["Content-Profile"] = self.schema
        body = outcome.body if content else b""
        response = said.apply(Response(body, status, written))
        if self.method == "HEAD":
            # How long the body of a GET would be was not asked of the database.
            del response.headers["Content-Length"]
        return response

    def demand_single(self, rows: int) -> None:
        if self.form.single and rows != 1:
            raise RestError(
                406,
                "PGRST116",
                "Cannot coerce the result to a single JSON object",
                f"The result contains {rows} rows",
            )

    def demand_at_most(self, rows: int) -> None:
        most = self.prefer.max_affected
        if most is not None and rows > most:
            raise RestError(
                400,
                "PGRST124",
                "Query result exceeds max-affected preference constraint",
                f"The query affects {rows} rows",
            )
