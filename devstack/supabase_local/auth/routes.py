"""`/auth/v1`: signing up, in and out, one's own account, and the public keys."""

import functools
from uuid import UUID

import psycopg
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from devstack.supabase_local.access import Access, Caller
from devstack.supabase_local.auth import account, bodies, passwords, sessions, users
from devstack.supabase_local.auth.answering import answering
from devstack.supabase_local.auth.errors import (
    AuthError,
    anonymous_disabled,
    invalid_credentials,
    no_such_subject,
    not_there,
    session_not_found,
    user_already_exists,
    user_banned,
    validation_failed,
)
from devstack.supabase_local.auth.recovery import Recovery
from devstack.supabase_local.database import Database


class AuthRoutes:
    def __init__(
        self,
        database: Database,
        access: Access,
        issuer: sessions.Issuer,
        *,
        anonymous_sign_ins: bool,
    ) -> None:
        self.database, self.access, self.issuer = database, access, issuer
        self.anonymous_sign_ins = anonymous_sign_ins
        self.recovery = Recovery(database, access, issuer)

    def routes(self) -> list[Route]:
        keyed = functools.partial(answering, self.access)
        return [
            Route("/auth/v1/health", self.health),
            Route("/auth/v1/.well-known/jwks.json", self.jwks),
            Route("/auth/v1/settings", keyed(self.settings)),
            Route("/auth/v1/signup", keyed(self.sign_up), methods=["POST"]),
            Route("/auth/v1/token", keyed(self.token), methods=["POST"]),
            Route("/auth/v1/user", keyed(self.user), methods=["GET", "PUT"]),
            Route("/auth/v1/logout", keyed(self.log_out), methods=["POST"]),
            Route("/auth/v1/recover", keyed(self.recovery.recover), methods=["POST"]),
            Route("/auth/v1/verify", keyed(self.verify_code), methods=["POST"]),
            *self.recovery.public_routes(),
        ]

    async def health(self, _: Request) -> Response:
        return JSONResponse(
            {"name": "GoTrue", "version": "local", "description": "Local auth service"}
        )

    async def jwks(self, _: Request) -> Response:
        return JSONResponse({"keys": self.access.keys.key_ring.published()})

    async def settings(self, _: Request) -> Response:
        return JSONResponse(
            {
                "external": {
                    "email": True,
                    "phone": False,
                    "anonymous_users": self.anonymous_sign_ins,
                },
                "disable_signup": False,
                "mailer_autoconfirm": True,
                "phone_autoconfirm": False,
                "sms_provider": "",
                "saml_enabled": False,
            }
        )

    async def sign_up(self, request: Request) -> Response:
        body = await bodies.read_body(request, bodies.SignUp)
        metadata = bodies.checked_metadata(body.data or {})
        if body.is_anonymous:
            return await self._sign_up_anonymously(request, metadata)
        if not body.password:
            raise validation_failed("Signup requires a valid password")
        passwords.demand_acceptable(body.password)
        _demand_email(body.email, body.phone, "signup")
        email = bodies.checked_email(body.email)
        hashed = await passwords.hash_password(body.password)
        async with self.database.as_auth() as connection:
            try:
                user = await users.sign_up(connection, email, hashed, metadata)
            except AuthError as error:
                raise (
                    user_already_exists() if error.error_code == "email_exists" else error
                ) from None
            return JSONResponse(await self._open(connection, user, request))

    async def _sign_up_anonymously(self, request: Request, metadata: users.Row) -> Response:
        if not self.anonymous_sign_ins:
            raise anonymous_disabled()
        async with self.database.as_auth() as connection:
            user = await users.create_anonymous(connection, metadata)
            return JSONResponse(await self._open(connection, user, request))

    async def token(self, request: Request) -> Response:
        grant = request.query_params.get("grant_type", "")
        if grant == "password":
            return await self._with_password(request)
        if grant == "refresh_token":
            return await self._with_refresh_token(request)
        if grant in ("pkce", "id_token", "web3"):
            raise not_there(f"The grant type {grant}")
        raise AuthError(400, "validation_failed", "unsupported_grant_type")

    async def _with_password(self, request: Request) -> Response:
        body = await bodies.read_body(request, bodies.Password)
        _demand_email(body.email, body.phone, "login")
        async with self.database.as_auth() as connection:
            user = await users.find_by_email(connection, body.email or "")
        if user and sessions.is_banned(user):
            raise user_banned("User is banned")
        stored = user["encrypted_password"] if user else None
        if not await passwords.matches(stored, body.password or "") or user is None:
            raise invalid_credentials()
        if user["email_confirmed_at"] is None:
            raise AuthError(400, "email_not_confirmed", "Email not confirmed")
        async with self.database.as_auth() as connection:
            return JSONResponse(await self._open(connection, user, request))

    async def _with_refresh_token(self, request: Request) -> Response:
        body = await bodies.read_body(request, bodies.Refresh)
        if not body.refresh_token:
            raise validation_failed("refresh_token required")
        async with self.database.as_auth() as connection:
            result = await self.issuer.refresh(
                connection, body.refresh_token, self.access.keys.key_ring
            )
        if isinstance(result, AuthError):
            raise result
        return JSONResponse(result)

    async def user(self, request: Request) -> Response:
        caller = self._signed_in(request)
        async with self.database.as_auth() as connection:
            user = await self._own(connection, caller)
            if request.method == "PUT":
                body = await bodies.read_body(request, bodies.Change)
                session_id = str(caller.claims["session_id"])
                user = await account.change(connection, user, body, session_id)
            return JSONResponse(users.public_view(user))

    async def log_out(self, request: Request) -> Response:
        caller = self._signed_in(request)
        scope = request.query_params.get("scope") or "global"
        if scope not in ("global", "local", "others"):
            raise validation_failed(f'Unsupported logout scope "{scope}"')
        async with self.database.as_auth() as connection:
            await self._own(connection, caller)
            await sessions.close_sessions(
                connection, str(caller.user_id), str(caller.claims["session_id"]), scope
            )
        return Response(status_code=204)

    async def verify_code(self, _: Request) -> Response:
        raise not_there("Sign-in by one-time password")

    async def _open(
        self, connection: psycopg.AsyncConnection, user: users.Row, request: Request
    ) -> dict[str, object]:
        method: sessions.Method = "anonymous" if user["is_anonymous"] else "password"
        agent = request.headers.get("user-agent")
        return await self.issuer.open_session(
            connection, user, self.access.keys.key_ring, agent, method
        )

    def _signed_in(self, request: Request) -> Caller:
        caller = self.access.caller(request.headers)
        if caller.user_id is None:
            raise AuthError(401, "no_authorization", "This endpoint requires a valid Bearer token")
        return caller

    async def _own(self, connection: psycopg.AsyncConnection, caller: Caller) -> users.Row:
        """The caller's user. Raises user_not_found, session_not_found, both with 403."""
        try:
            user = await users.get(connection, UUID(caller.user_id))
        except AuthError:
            raise no_such_subject() from None
        if not await sessions.exists(connection, str(caller.claims.get("session_id"))):
            raise session_not_found()
        return user


def _demand_email(email: str | None, phone: str | None, what: str) -> None:
    """Raises validation_failed without an email or with a phone too, a 501 for a phone alone."""
    if email and phone:
        message = f"Only an email address or phone number should be provided on {what}."
        raise validation_failed(message)
    bodies.demand_no_phone(phone)
    if not email:
        raise validation_failed("missing email or phone")
