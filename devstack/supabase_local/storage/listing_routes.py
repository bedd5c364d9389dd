"""`/storage/v1/object/list-v2`: listing by prefix, page after page by a cursor."""

import base64
import binascii
import json
from typing import Literal

from psycopg import sql
from psycopg.rows import dict_row
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from devstack.supabase_local.access import Access
from devstack.supabase_local.database import Connection, Database
from devstack.supabase_local.storage.answering import answering, read_body, refuse_versions
from devstack.supabase_local.storage.errors import invalid_request
from devstack.supabase_local.storage.objects import Row, public_view

MOST = 1000


class SortBy(BaseModel):
    column: Literal["name", "updated_at", "created_at"] = "name"
    order: Literal["asc", "desc"] = "asc"


class ListBody(BaseModel):
    prefix: str = ""
    limit: int = Field(MOST, ge=1)
    cursor: str | None = None
    with_delimiter: bool = False
    sort_by: SortBy = Field(default_factory=SortBy, alias="sortBy")
    exact: bool = Field(False, alias="exactMatch")
    noncurrent: str = Field("exclude", alias="noncurrentVersions")
    markers: str = Field("exclude", alias="deleteMarkers")


class ListingRoutes:
    def __init__(self, database: Database, access: Access) -> None:
        self.database, self.access = database, access

    def routes(self) -> list[Route]:
        path = "/storage/v1/object/list-v2/{bucket}"
        return [Route(path, answering(self.list_page), methods=["POST"])]

    async def list_page(self, request: Request) -> Response:
        body = await read_body(request, ListBody)
        refuse_versions(body.exact, body.noncurrent != "exclude", body.markers != "exclude")
        caller, bucket = self.access.caller(request.headers), request.path_params["bucket"]
        limit = min(body.limit, MOST)
        async with self.database.as_caller(caller, read_only=True) as connection:
            rows = await entries_after(connection, bucket, body, limit + 1)
        shown = rows[:limit]
        reply: dict[str, object] = {
            "hasNext": len(rows) > limit,
            "folders": [_view(row) for row in shown if row["id"] is None],
            "objects": [_view(row) for row in shown if row["id"] is not None],
        }
        if len(rows) > limit:
            reply["nextCursor"] = write_cursor(shown[-1], body.sort_by.column)
        return JSONResponse(reply)


async def entries_after(
    connection: Connection, bucket: str, body: ListBody, limit: int
) -> list[Row]:
    """What follows the cursor: with a delimiter folders, whose names end in it, and else all."""
    descending = body.sort_by.order == "desc"
    column = sql.Identifier(body.sort_by.column)
    after: sql.SQL | sql.Composed = sql.SQL("true")
    if body.cursor:
        name, value = read_cursor(body.cursor)
        after = sql.SQL("({}, name) {} ({}, {})").format(
            column, sql.SQL("<" if descending else ">"), sql.Literal(value), sql.Literal(name)
        )
    query = sql.SQL(
        "with below as ("
        " select *, strpos(substr(name, length({prefix}) + 1), '/') as slash"
        " from storage.objects where bucket_id = {bucket} and starts_with(name, {prefix})),"
        " entries as ("
        " select name, id, created_at, updated_at, last_accessed_at, metadata from below"
        " where slash = 0 or not {delimited}"
        " union all"
        " select left(name, length({prefix}) + slash), null, min(created_at), min(created_at),"
        " null, null from below where slash > 0 and {delimited} group by 1)"
        " select * from entries where {after}"
        " order by {column} {direction}, name {direction} limit {limit}"
    ).format(
        prefix=sql.Literal(body.prefix),
        bucket=sql.Literal(bucket),
        delimited=sql.Literal(body.with_delimiter),
        after=after,
        column=column,
        direction=sql.SQL("desc" if descending else "asc"),
        limit=sql.Literal(limit),
    )
    return await (await connection.cursor(row_factory=dict_row).execute(query)).fetchall()


def write_cursor(row: Row, column: str) -> str:
    """Where a page ends: the last entry's name, and what the entries are sorted by."""
    return base64.urlsafe_b64encode(json.dumps([row["name"], str(row[column])]).encode()).decode()


def read_cursor(cursor: str) -> tuple[str, str]:
    """Raises InvalidRequest."""
    try:
        name, value = json.loads(base64.urlsafe_b64decode(cursor.encode("ascii")))
    except (binascii.Error, ValueError, TypeError, RecursionError):
        raise invalid_request("cursor is not one that a listing gave") from None
    if not isinstance(name, str) or not isinstance(value, str):
        raise invalid_request("cursor is not one that a listing gave")
    return name, value


def _view(row: Row) -> Row:
    """`key` is the name without the folders above it."""
    return public_view(row) | {"key": row["name"].rstrip("/").rpartition("/")[2]}
