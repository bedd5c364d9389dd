"""The users table."""

import hashlib
from base64 import urlsafe_b64encode
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from psycopg import errors, sql
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from devstack.supabase_local.auth.errors import email_exists, user_not_found
from devstack.supabase_local.database import Connection

Row = dict[str, Any]


async def find_by_email(connection: Connection, email: str) -> Row | None:
    cursor = await connection.cursor(row_factory=dict_row).execute(
        "select * from auth.users where lower(email) = lower(%s) and deleted_at is null", (email,)
    )
    return await cursor.fetchone()


async def find(connection: Connection, user_id: UUID) -> Row | None:
    """The user, also one who was soft-deleted."""
    cursor = await connection.cursor(row_factory=dict_row).execute(
        "select * from auth.users where id = %s", (user_id,)
    )
    return await cursor.fetchone()


async def get(connection: Connection, user_id: UUID) -> Row:
    """As `find`. Raises user_not_found."""
    row = await find(connection, user_id)
    if row is None:
        raise user_not_found()
    return row


async def create(connection: Connection, email: str, **columns: Any) -> Row:
    """Raises email_exists."""
    identity = columns.pop("id", None) or uuid4()
    values = {
        "id": identity,
        "email": email.lower(),
        "raw_app_meta_data": {"provider": "email", "providers": ["email"]},
        **columns,
    }
    try:
        row = await _write(
            connection,
            sql.SQL("insert into auth.users ({}) values ({}) returning *"),
            values,
        )
    except errors.UniqueViolation:
        raise email_exists() from None
    await _identify(connection, row)
    return row


async def sign_up(connection: Connection, email: str, password: str, metadata: Row) -> Row:
    """Whoever signs up with an address; the metadata names it. Raises email_exists."""
    identity = uuid4()
    claims = {"sub": str(identity), "email": email.lower(), "phone_verified": False}
    return await create(
        connection,
        email,
        id=identity,
        encrypted_password=password,
        **confirmation({**metadata, **claims}),
    )


async def create_anonymous(connection: Connection, metadata: Row) -> Row:
    """A user without an identity, who may get one later."""
    return await _write(
        connection,
        sql.SQL("insert into auth.users ({}) values ({}) returning *"),
        {"id": uuid4(), "is_anonymous": True, "raw_user_meta_data": metadata},
    )


async def make_permanent(connection: Connection, row: Row) -> Row:
    """An anonymous user with an email address becomes one like others."""
    await _identify(connection, row)
    providers = {"provider": "email", "providers": ["email"]}
    return await change(
        connection,
        row["id"],
        is_anonymous=False,
        raw_app_meta_data={**row["raw_app_meta_data"], **providers},
        **confirmation(row["raw_user_meta_data"]),
    )


def confirmation(metadata: Row) -> Row:
    """The columns that say that an address is the user's; the metadata says so too."""
    return {
        "email_confirmed_at": "now",
        "raw_user_meta_data": {**metadata, "email_verified": True},
    }


async def change(connection: Connection, user_id: UUID, **columns: Any) -> Row:
    """Raises user_not_found, email_exists."""
    assignments = sql.SQL(", ").join(
        [
            sql.SQL("{} = {}").format(sql.Identifier(name), _adapt(value))
            for name, value in columns.items()
        ]
        + [sql.SQL("updated_at = now()")]
    )
    try:
        cursor = await connection.cursor(row_factory=dict_row).execute(
            sql.SQL("update auth.users set {} where id = {} returning *").format(
                assignments, sql.Literal(user_id)
            )
        )
        row = await cursor.fetchone()
    except errors.UniqueViolation:
        raise email_exists() from None
    if row is None:
        raise user_not_found()
    return row


async def remove(connection: Connection, user_id: UUID) -> None:
    cursor = await connection.execute("delete from auth.users where id = %s", (user_id,))
    if cursor.rowcount == 0:
        raise user_not_found()


async def soft_remove(connection: Connection, user_id: UUID) -> None:
    """Keep the row for what refers to it, but nothing of the user in it, and end the sessions."""
    row = await get(connection, user_id)
    if row["deleted_at"] is not None:
        return
    hidden = hashlib.sha256(f"{user_id}{row['email']}".encode()).digest()
    await change(
        connection,
        user_id,
        email=row["email"] and urlsafe_b64encode(hidden).decode().rstrip("="),
        encrypted_password=None,
        raw_user_meta_data={},
        raw_app_meta_data={},
        deleted_at="now",
    )
    await connection.execute("delete from auth.sessions where user_id = %s", (user_id,))
    await connection.execute(
        "update auth.identities set identity_data = '{}' where user_id = %s", (user_id,)
    )


async def _identify(connection: Connection, row: Row) -> None:
    identity = {"sub": str(row["id"]), "email": row["email"], "email_verified": True}
    await connection.execute(
        "insert into auth.identities (provider_id, user_id, identity_data, provider)"
        " values (%s, %s, %s, 'email')",
        (str(row["id"]), row["id"], Jsonb(identity)),
    )


async def _write(connection: Connection, statement: sql.SQL, values: dict[str, Any]) -> Row:
    query = statement.format(
        sql.SQL(", ").join(map(sql.Identifier, values)),
        sql.SQL(", ").join([_adapt(value) for value in values.values()]),
    )
    row = await (await connection.cursor(row_factory=dict_row).execute(query)).fetchone()
    if row is None:
        raise RuntimeError("returning * gave no row")
    return row


def _adapt(value: Any) -> sql.Literal:
    return sql.Literal(Jsonb(value) if isinstance(value, dict) else value)


def public_view(row: Row) -> dict[str, Any]:
    """A user as the API shows it: never the password hash."""
    times = (
        "email_confirmed_at",
        "phone_confirmed_at",
        "confirmed_at",
        "last_sign_in_at",
        "created_at",
        "updated_at",
        "banned_until",
        "invited_at",
        "deleted_at",
    )
    identity = {
        "identity_id": str(row["id"]),
        "id": str(row["id"]),
        "user_id": str(row["id"]),
        "identity_data": {"sub": str(row["id"]), "email": row["email"], "email_verified": True},
        "provider": "email",
        "created_at": _iso(row["created_at"]),
        "last_sign_in_at": _iso(row["last_sign_in_at"] or row["created_at"]),
        "updated_at": _iso(row["updated_at"]),
    }
    return {
        "id": str(row["id"]),
        "aud": row["aud"],
        "role": row["role"],
        "email": row["email"] or "",
        "phone": row["phone"] or "",
        **{name: _iso(row[name]) for name in times if row[name] is not None},
        "app_metadata": row["raw_app_meta_data"],
        "user_metadata": row["raw_user_meta_data"],
        "identities": [] if row["is_anonymous"] else [identity],
        "is_anonymous": row["is_anonymous"],
    }


def _iso(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
