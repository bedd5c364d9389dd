"""Refresh tokens: each follows from its session and its number in it, and only its hash is kept.

So the server can tell a client that lost its newest token the same token once more.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from uuid import UUID

from devstack.supabase_local.database import Connection


class RefreshTokens:
    def __init__(self, secret: str) -> None:
        self._key = f"refresh tokens {secret}".encode()

    async def issue(self, connection: Connection, user_id: UUID, session_id: UUID) -> str:
        """The session's next token."""
        await connection.execute(
            "select from auth.sessions where id = %s for update", (session_id,)
        )
        token = self._of(session_id, await _count(connection, session_id))
        await connection.execute(
            "insert into auth.refresh_tokens (token_hash, user_id, session_id) values (%s, %s, %s)",
            (token_hash(token), user_id, session_id),
        )
        return token

    async def after(self, connection: Connection, session_id: UUID, token_id: int) -> str | None:
        """The session's active token if `token_id` came right before it: the client lost it."""
        cursor = await connection.execute(
            "select id, revoked, token_hash from auth.refresh_tokens"
            " where session_id = %s order by id desc limit 2",
            (session_id,),
        )
        newest, *before = await cursor.fetchall()
        if newest[1] or not before or before[0][0] != token_id:
            return None
        token = self._of(session_id, await _count(connection, session_id) - 1)
        return token if token_hash(token) == bytes(newest[2]) else None

    def _of(self, session_id: UUID, number: int) -> str:
        digest = hmac.digest(self._key, f"{session_id} {number}".encode(), "sha256")
        return urlsafe_b64encode(digest[:24]).decode()


def token_hash(token: str) -> bytes:
    return hashlib.sha256(token.encode(errors="surrogatepass")).digest()


async def _count(connection: Connection, session_id: UUID) -> int:
    cursor = await connection.execute(
        "select count(*) from auth.refresh_tokens where session_id = %s", (session_id,)
    )
    row = await cursor.fetchone()
    return int(row[0]) if row else 0
