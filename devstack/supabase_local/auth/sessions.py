"""Sessions and their tokens: a short-lived access token, and refresh tokens that work once."""

import time
from datetime import datetime
from typing import Any, Literal, NamedTuple
from uuid import UUID

from devstack.supabase_local.auth import users
from devstack.supabase_local.auth.errors import AuthError, user_banned
from devstack.supabase_local.auth.refresh_tokens import RefreshTokens, token_hash
from devstack.supabase_local.auth.signing import AUDIENCE, KeyRing
from devstack.supabase_local.database import Connection

REUSE_GRACE_SECONDS = 10
"""So long an older token is taken once more; later its reuse means theft and ends the session."""

Method = Literal["password", "otp", "anonymous"]
"""As the service writes it into `amr`; a link in a mail is a one-time password."""


class Proof(NamedTuple):
    """When and how the user of a session proved to be the user."""

    session_id: UUID
    began: datetime
    method: Method


class Issuer:
    def __init__(self, url: str, lifetime: int, refresh_tokens: RefreshTokens) -> None:
        self.issuer = f"{url}/auth/v1"
        self.lifetime = lifetime
        self.refresh_tokens = refresh_tokens

    async def open_session(
        self,
        connection: Connection,
        user: users.Row,
        ring: KeyRing,
        user_agent: str | None,
        method: Method,
    ) -> dict[str, Any]:
        """`method`: how the user proved to be the user, which the session's tokens say."""
        cursor = await connection.execute(
            "insert into auth.sessions (user_id, user_agent) values (%s, %s)"
            " returning id, created_at",
            (user["id"], user_agent),
        )
        session = await cursor.fetchone()
        if session is None:
            raise RuntimeError("returning gave no row")
        await connection.execute(
            "insert into auth.mfa_amr_claims (session_id, authentication_method) values (%s, %s)",
            (session[0], method),
        )
        user = await users.change(connection, user["id"], last_sign_in_at="now")
        token = await self.refresh_tokens.issue(connection, user["id"], session[0])
        return self._tokens(user, Proof(session[0], session[1], method), token, ring)

    async def refresh(
        self, connection: Connection, token: str, ring: KeyRing
    ) -> dict[str, Any] | AuthError:
        """New tokens for an unused refresh token, and the same refresh token as before for the one
        just before it.

        A refusal is returned, not raised: what it revokes has to be committed.
        """
        cursor = await connection.execute(
            "select tokens.id, tokens.user_id, tokens.session_id, sessions.created_at,"
            " coalesce(authentication_method, 'password'), revoked,"
            " extract(epoch from now() - revoked_at) from auth.refresh_tokens tokens"
            " join auth.sessions on sessions.id = tokens.session_id"
            " left join auth.mfa_amr_claims amr on amr.session_id = tokens.session_id"
            " where token_hash = %s for update of tokens",
            (token_hash(token),),
        )
        row = await cursor.fetchone()
        if row is None:
            return AuthError(
                400, "refresh_token_not_found", "Invalid Refresh Token: Refresh Token Not Found"
            )
        token_id, user_id, session_id, began, method, revoked, age = row
        proof = Proof(session_id, began, method)
        user = await users.get(connection, user_id)
        if is_banned(user):
            return user_banned("Invalid Refresh Token: User Banned")
        if revoked and (
            active := await self.refresh_tokens.after(connection, session_id, token_id)
        ):
            return self._tokens(user, proof, active, ring)
        if revoked and age > REUSE_GRACE_SECONDS:
            await connection.execute("delete from auth.sessions where id = %s", (session_id,))
            return AuthError(
                400, "refresh_token_already_used", "Invalid Refresh Token: Already Used"
            )
        await connection.execute(
            "update auth.refresh_tokens"
            " set revoked = true, revoked_at = coalesce(revoked_at, now()) where id = %s",
            (token_id,),
        )
        await connection.execute(
            "update auth.sessions set refreshed_at = now() where id = %s", (session_id,)
        )
        token = await self.refresh_tokens.issue(connection, user_id, session_id)
        return self._tokens(user, proof, token, ring)

    def _tokens(
        self, user: users.Row, proof: Proof, refresh_token: str, ring: KeyRing
    ) -> dict[str, Any]:
        issued = int(time.time())
        claims = {
            "iss": self.issuer,
            "sub": str(user["id"]),
            "aud": AUDIENCE,
            "exp": issued + self.lifetime,
            "iat": issued,
            "email": user["email"] or "",
            "phone": user["phone"] or "",
            "app_metadata": user["raw_app_meta_data"],
            "user_metadata": user["raw_user_meta_data"],
            "role": user["role"],
            "aal": "aal1",
            "amr": [{"method": proof.method, "timestamp": int(proof.began.timestamp())}],
            "session_id": str(proof.session_id),
            "is_anonymous": user["is_anonymous"],
        }
        return {
            "access_token": ring.sign(claims),
            "token_type": "bearer",
            "expires_in": self.lifetime,
            "expires_at": issued + self.lifetime,
            "refresh_token": refresh_token,
            "user": users.public_view(user),
            "weak_password": None,
        }


async def close_sessions(
    connection: Connection, user_id: str, session_id: str | None, scope: str
) -> None:
    """`local` ends this session, `others` the user's others, `global` all."""
    conditions = {
        "local": "id = %(session)s",
        "others": "id <> %(session)s",
        "global": "true",
    }
    await connection.execute(
        f"delete from auth.sessions where user_id = %(user)s and {conditions[scope]}",  # noqa: S608
        {"user": user_id, "session": session_id},
    )


async def exists(connection: Connection, session_id: str) -> bool:
    cursor = await connection.execute("select from auth.sessions where id = %s", (session_id,))
    return await cursor.fetchone() is not None


def is_banned(user: users.Row) -> bool:
    until = user["banned_until"]
    return until is not None and until.timestamp() > time.time()
