"""`/auth/v1`: signing up, in and out, one's own account, and the public keys."""

import functools
from collections.abc import Awaitable, Callable
from uuid import UUID

import psycopg
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from devstack.supabase_local.access import (
    SERVICE_ROLE,
    Access,
    AccessDeniedError,
    Caller,
    bearer_token,
)
from devstack.supabase_local.auth import account, bodies, passwords, sessions, users
from devstack.supabase_local.auth.errors import (
    AuthError,
    anonymous_disabled,
    invalid_credentials,
    not_admin,
    not_there,
    session_not_found,
    user_already_exists,
    validation_failed,
)
from devstack.supabase_local.auth.recovery import Recovery
from devstack.supabase_local.database import Database

Endpoint = Callable[[Request], Awaitable[Response]]


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
        email, password = bodies.checked_email(body.email), body.password or ""
        passwords.demand_acceptable(password)
        hashed = await passwords.hash_password(password)
        async with self.database.as_auth() as connection:
            try:
                user = await users.create(
                    connection,
                    email,
                    encrypted_password=hashed,
                    email_confirmed_at="now",
                    raw_user_meta_data=metadata,
                )
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
        email = bodies.checked_email(body.email)
        async with self.database.as_auth() as connection:
            user = await users.find_by_email(connection, email)
        stored = user["encrypted_password"] if user else None
        if not await passwords.matches(stored, body.password or "") or user is None:
            raise invalid_credentials()
        if user["email_confirmed_at"] is None:
            raise AuthError(400, "email_not_confirmed", "Email not confirmed")
        if sessions.is_banned(user):
            raise AuthError(400, "user_banned", "User is banned")
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
            await self._demand_session(connection, caller)
            user = await users.get(connection, UUID(caller.user_id))
            if request.method == "PUT":
                body = await bodies.read_body(request, bodies.Change)
                user = await account.change(connection, user, body)
            return JSONResponse(users.public_view(user))

    async def log_out(self, request: Request) -> Response:
        caller = self._signed_in(request)
        scope = request.query_params.get("scope", "global")
        if scope not in ("global", "local", "others"):
            raise validation_failed(f"Unsupported logout scope {scope}")
        async with self.database.as_auth() as connection:
            await self._demand_session(connection, caller)
            await sessions.close_sessions(
                connection, str(caller.user_id), str(caller.claims["session_id"]), scope
            )
        return Response(status_code=204)

    async def _open(
        self, connection: psycopg.AsyncConnection, user: users.Row, request: Request
    ) -> dict[str, object]:
        return await self.issuer.open_session(
            connection, user, self.access.keys.key_ring, request.headers.get("user-agent")
        )

    def _signed_in(self, request: Request) -> Caller:
        caller = self.access.caller(request.headers)
        if caller.user_id is None:
            raise AuthError(401, "no_authorization", "This endpoint requires a valid Bearer token")
        return caller

    async def _demand_session(self, connection: psycopg.AsyncConnection, caller: Caller) -> None:
        if not await sessions.exists(connection, str(caller.claims.get("session_id"))):
            raise session_not_found()


def demand_admin(access: Access, request: Request) -> None:
    if access.caller(request.headers).role != SERVICE_ROLE:
        raise not_admin()


def answering(access: Access, endpoint: Endpoint) -> Endpoint:
    """Demands an API key, and tells failures in the auth service's way.

    A bearer token is looked at only by routes that ask who is signed in: clients send their
    expired one along when they refresh it.
    """

    async def answer(request: Request) -> Response:
        try:
            access.role_of_api_key(request.headers)
            return await endpoint(request)
        except AuthError as error:
            return error.response()
        except AccessDeniedError as denied:
            if bearer_token(request.headers) is None or denied.code is None:
                return JSONResponse({"message": denied.message, "hint": denied.hint}, 401)
            message = f"invalid JWT: unable to parse or verify signature, {denied.message}"
            return AuthError(403, "bad_jwt", message).response()
        except psycopg.DataError as error:
            return validation_failed(error.diag.message_primary or str(error)).response()
        except psycopg.OperationalError:
            return AuthError(
                503, "unexpected_failure", "The database does not answer at the moment"
            ).response()

    return answer
