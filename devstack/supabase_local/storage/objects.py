"""Objects, as rows of storage.objects under the caller's RLS."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import uuid4

from psycopg import sql
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from devstack.supabase_local.database import Connection
from devstack.supabase_local.storage.buckets import ALLOW_REMOVAL
from devstack.supabase_local.storage.errors import no_such_key

Row = dict[str, Any]
_REPLACE = (
    " on conflict (bucket_id, name) do update set version = excluded.version,"
    " metadata = excluded.metadata, user_metadata = excluded.user_metadata,"
    " owner = excluded.owner, owner_id = excluded.owner_id"
)
Sortable = Literal["name", "updated_at", "created_at", "last_accessed_at"]


@dataclass(frozen=True)
class NewObject:
    bucket: str
    name: str
    owner: str | None
    version: str | None
    metadata: Row
    user_metadata: Row | None = None


async def find(connection: Connection, bucket: str, name: str) -> Row:
    """Raises NoSuchKey, also when RLS hides it."""
    cursor = await connection.cursor(row_factory=dict_row).execute(
        "select * from storage.objects where bucket_id = %s and name = %s", (bucket, name)
    )
    row = await cursor.fetchone()
    if row is None:
        raise no_such_key()
    return row


async def put(connection: Connection, new: NewObject, *, upsert: bool) -> str:
    """The object's id. Without `upsert` an existing name is a unique violation."""
    identity = str(uuid4())
    await connection.execute(
        "insert into storage.objects"  # noqa: S608
        " (id, bucket_id, name, owner, owner_id, version, metadata, user_metadata)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s)" + (_REPLACE if upsert else ""),
        (
            identity,
            new.bucket,
            new.name,
            new.owner,
            new.owner,
            new.version,
            Jsonb(new.metadata),
            Jsonb(new.user_metadata) if new.user_metadata is not None else None,
        ),
    )
    return identity


async def standing(connection: Connection, bucket: str, name: str) -> tuple[str, str | None] | None:
    """Id and version of the object that has this name already."""
    cursor = await connection.execute(
        "select id::text, version from storage.objects where bucket_id = %s and name = %s",
        (bucket, name),
    )
    return await cursor.fetchone()


async def move(
    connection: Connection, source: tuple[str, str], target: tuple[str, str], owner: str | None
) -> None:
    """It becomes the property of whoever moves it; the server leaves it to its owner."""
    cursor = await connection.execute(
        "update storage.objects set bucket_id = %s, name = %s, owner = coalesce(%s, owner),"
        " owner_id = coalesce(%s, owner_id) where bucket_id = %s and name = %s",
        (*target, owner, owner, *source),
    )
    if cursor.rowcount == 0:
        raise no_such_key()


async def remove(connection: Connection, bucket: str, names: Sequence[str]) -> list[Row]:
    """The removed rows: those that exist and that the caller may remove."""
    await connection.execute(ALLOW_REMOVAL)
    cursor = await connection.cursor(row_factory=dict_row).execute(
        "delete from storage.objects where bucket_id = %s and name = any (%s) returning *",
        (bucket, list(names)),
    )
    return await cursor.fetchall()


async def listing(
    connection: Connection,
    bucket: str,
    folder: str,
    search: str,
    sort: tuple[str, bool],
    limit: int,
    offset: int,
) -> list[Row]:
    """One level below `folder` (empty, or ending in a slash): files, and folders without an id.

    Capitals make no difference. `search` may lead further down; its folders stand in the names.
    """
    column, descending = sort
    further, slash, start = search.rpartition("/")
    deeper = f"{further}{slash}"
    cursor = await connection.cursor(row_factory=dict_row).execute(
        sql.SQL(
            "with below as ("
            " select *, substr(name, length({path}) + 1) as rest,"
            " substr(name, length({folder}) + 1, length({path}) - length({folder})) as above"
            " from storage.objects"
            " where bucket_id = {bucket} and starts_with(lower(name), lower({path}))), entries as ("
            " select above || rest as name, lower(rest) as place,"
            " id, updated_at, created_at, last_accessed_at, metadata"
            " from below where strpos(rest, '/') = 0"
            " union all"
            " select distinct above || split_part(rest, '/', 1),"
            " lower(split_part(rest, '/', 1)) || '/', null::uuid, null::timestamptz,"
            " null::timestamptz, null::timestamptz, null::jsonb"
            " from below where strpos(rest, '/') > 0)"
            " select name, id, updated_at, created_at, last_accessed_at, metadata"
            " from entries where starts_with(place, lower({start}))"
            " order by {column} {direction}, place limit {limit} offset {offset}"
        ).format(
            folder=sql.Literal(folder),
            path=sql.Literal(folder + deeper),
            bucket=sql.Literal(bucket),
            start=sql.Literal(start),
            column=sql.Identifier("place" if column == "name" else column),
            direction=sql.SQL("desc nulls first" if descending else "asc nulls first"),
            limit=sql.Literal(limit),
            offset=sql.Literal(offset),
        )
    )
    return await cursor.fetchall()


def public_view(row: Row) -> Row:
    return {
        name: value.isoformat() if hasattr(value, "isoformat") else value
        for name, value in row.items()
        if name not in ("rest", "version", "owner")
    } | {"id": str(row["id"]) if row["id"] else None}


def info_view(row: Row) -> Row:
    metadata = row["metadata"]
    return {
        "id": str(row["id"]),
        "name": row["name"],
        "version": row["version"],
        "bucket_id": row["bucket_id"],
        "size": metadata.get("size"),
        "content_type": metadata.get("mimetype"),
        "cache_control": metadata.get("cacheControl"),
        "etag": metadata.get("eTag"),
        "metadata": row["user_metadata"],
        "last_modified": row["updated_at"].isoformat(),
        "created_at": row["created_at"].isoformat(),
    }
