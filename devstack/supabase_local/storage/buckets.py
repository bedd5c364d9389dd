"""Buckets, as rows of storage.buckets under the caller's RLS."""

from typing import Any

from psycopg import sql
from psycopg.rows import dict_row

from devstack.supabase_local.database import Connection
from devstack.supabase_local.storage.errors import no_such_bucket

Row = dict[str, Any]
ALLOW_REMOVAL = "set local storage.allow_delete_query = true"
"""In the transaction that removes: the tables refuse it otherwise."""


async def find(connection: Connection, bucket: str) -> Row:
    """Raises NoSuchBucket, also when RLS hides it."""
    cursor = await connection.cursor(row_factory=dict_row).execute(
        "select * from storage.buckets where id = %s", (bucket,)
    )
    row = await cursor.fetchone()
    if row is None:
        raise no_such_bucket()
    return row


async def listing(
    connection: Connection, search: str, sort: tuple[str, str], limit: int | None, offset: int
) -> list[Row]:
    """Those whose name has `search` in it, in any case; `sort` is a column and asc or desc."""
    column, direction = sort
    query = sql.SQL(
        "select * from storage.buckets where position(lower({search}) in lower(name)) > 0"
        " order by {column} {direction}, id limit {limit} offset {offset}"
    ).format(
        search=sql.Literal(search),
        column=sql.Identifier(column),
        direction=sql.SQL(direction),
        limit=sql.Literal(limit),
        offset=sql.Literal(offset),
    )
    return await (await connection.cursor(row_factory=dict_row).execute(query)).fetchall()


async def create(connection: Connection, values: Row) -> None:
    await connection.execute(
        sql.SQL("insert into storage.buckets ({}) values ({})").format(
            sql.SQL(", ").join(map(sql.Identifier, values)),
            sql.SQL(", ").join(map(sql.Literal, values.values())),
        )
    )


async def change(connection: Connection, bucket: str, values: Row) -> None:
    await find(connection, bucket)
    assignments: list[sql.Composed] = [
        sql.SQL("{} = {}").format(sql.Identifier(name), sql.Literal(value))
        for name, value in values.items()
    ] or [sql.Composed([sql.SQL("id = id")])]
    cursor = await connection.execute(
        sql.SQL("update storage.buckets set {} where id = {}").format(
            sql.SQL(", ").join(assignments), sql.Literal(bucket)
        )
    )
    if cursor.rowcount == 0:
        raise no_such_bucket()


async def remove(connection: Connection, bucket: str) -> None:
    await connection.execute(ALLOW_REMOVAL)
    cursor = await connection.execute("delete from storage.buckets where id = %s", (bucket,))
    if cursor.rowcount == 0:
        raise no_such_bucket()


async def is_empty(connection: Connection, bucket: str) -> bool:
    cursor = await connection.execute(
        "select from storage.objects where bucket_id = %s limit 1", (bucket,)
    )
    return await cursor.fetchone() is None


def public_view(row: Row) -> Row:
    return {
        "id": row["id"],
        "name": row["name"],
        "owner": row["owner_id"] or "",
        "public": row["public"],
        "type": row["type"],
        "file_size_limit": row["file_size_limit"],
        "allowed_mime_types": row["allowed_mime_types"],
        "created_at": row["created_at"].isoformat(),
        "updated_at": row["updated_at"].isoformat(),
    }
