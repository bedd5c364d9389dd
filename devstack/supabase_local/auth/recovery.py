"""Forgotten passwords: the mail with its link, kept here to be read, since no mail leaves."""

import logging
import secrets
import time
from collections import deque
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from devstack.supabase_local.access import Access
from devstack.supabase_local.auth import bodies, sessions, users
from devstack.supabase_local.auth.errors import not_there, validation_failed
from devstack.supabase_local.database import Database
from devstack.supabase_local.faults import CONTROL

log = logging.getLogger(__name__)

KEPT_MAILS = 50
LINK_SECONDS = 3600
LOOPBACK = ("127.0.0.1", "localhost", "::1")
SITE = "http://127.0.0.1:3000"
"""Where a link leads that says nothing else, as for the Supabase CLI."""


@dataclass(frozen=True)
class Link:
    user_id: UUID
    email: str
    password: str | None
    """The hash that stood when the mail was sent."""
    until: float

    def opens(self, user: users.Row) -> bool:
        """Whether the account is still the one that the mail was sent for."""
        standing = (user["email"], user["encrypted_password"])
        return standing == (self.email, self.password) and user["deleted_at"] is None


class Recovery:
    """Of a user's links the newest works, once and for an hour, until the password or the address
    changes. The newest mails are kept in memory."""

    def __init__(self, database: Database, access: Access, issuer: sessions.Issuer) -> None:
        self.database, self.access, self.issuer = database, access, issuer
        self.mails: deque[dict[str, str]] = deque(maxlen=KEPT_MAILS)
        self._links: dict[str, Link] = {}

    def public_routes(self) -> list[Route]:
        """What a browser opens from the mail, and what reads the mails of the local world."""
        return [
            Route("/auth/v1/verify", self.verify),
            Route(f"{CONTROL}/mails", self.list_mails),
        ]

    async def recover(self, request: Request) -> Response:
        """The same answer whether the address has an account or not."""
        body = await bodies.read_body(request, bodies.Recover)
        if body.code_challenge:
            raise not_there("The PKCE flow")
        email = bodies.checked_email(body.email)
        back = request.query_params.get("redirect_to") or SITE
        if urlsplit(back).hostname not in LOOPBACK:
            raise validation_failed("redirect_to must lead to this machine")
        async with self.database.as_auth() as connection:
            user = await users.find_by_email(connection, email)
        if user:
            self._send(user, email, back)
        return JSONResponse({})

    def _send(self, user: users.Row, email: str, back: str) -> None:
        now = time.monotonic()
        self._links = {
            token: link
            for token, link in self._links.items()
            if link.until > now and link.user_id != user["id"]
        }
        token = secrets.token_urlsafe(24)
        self._links[token] = Link(
            user["id"], user["email"], user["encrypted_password"], now + LINK_SECONDS
        )
        query = urlencode({"token": token, "type": "recovery", "redirect_to": back})
        self.mails.append({"to": email, "link": f"{self.issuer.issuer}/verify?{query}"})
        log.info("A mail to reset a password waits at %s/mails", CONTROL)

    async def list_mails(self, _: Request) -> Response:
        return JSONResponse(list(self.mails))

    async def verify(self, request: Request) -> Response:
        """Signs in and leads back; the tokens stand behind the #, where no server sees them."""
        back = request.query_params.get("redirect_to") or SITE
        if urlsplit(back).hostname not in LOOPBACK:
            return validation_failed("redirect_to must lead to this machine").response()
        is_recovery = request.query_params.get("type") == "recovery"
        token = request.query_params.get("token", "") if is_recovery else ""
        link = self._links.pop(token, None)
        if link is None or link.until < time.monotonic():
            return _back(back, EXPIRED)
        async with self.database.as_auth() as connection:
            user = await users.find(connection, link.user_id)
            if user is None or not link.opens(user):
                return _back(back, EXPIRED)
            if sessions.is_banned(user):
                return _back(back, BANNED)
            if user["email_confirmed_at"] is None:
                confirmed = users.confirmation(user["raw_user_meta_data"])
                user = await users.change(connection, user["id"], **confirmed)
            session = await self.issuer.open_session(
                connection,
                user,
                self.access.keys.key_ring,
                request.headers.get("user-agent"),
                "otp",
            )
        told = {name: session[name] for name in ("access_token", "expires_in", "refresh_token")}
        return _back(back, {**told, "token_type": "bearer", "type": "recovery"})


EXPIRED = {
    "error": "access_denied",
    "error_code": "otp_expired",
    "error_description": "Email link is invalid or has expired",
}
BANNED = {
    "error": "access_denied",
    "error_code": "user_banned",
    "error_description": "User is banned",
}


def _back(address: str, fragment: dict[str, Any]) -> Response:
    return RedirectResponse(f"{address}#{urlencode(fragment)}", 303)
