"""`/auth/v1/admin`: users and signing keys, for whoever holds the secret key."""

import functools
from collections.abc import Callable
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from devstack.supabase_local.access import Access
from devstack.supabase_local.auth import bodies, passwords, sessions, users
from devstack.supabase_local.auth.answering import Endpoint, answering, demand_admin
from devstack.supabase_local.auth.errors import AuthError, validation_failed
from devstack.supabase_local.auth.listing import Listing, page
from devstack.supabase_local.auth.signing import AUDIENCE
from devstack.supabase_local.database import Database


class AdminRoutes:
    def __init__(self, database: Database, access: Access, rotate: Callable[[], None]) -> None:
        """`rotate` replaces the signing keys and remembers the new ones."""
        self.database, self.access, self.rotate = database, access, rotate

    def routes(self) -> list[Route]:
        return [
            Route("/auth/v1/admin/users", self._guarded(self.list_users)),
            Route("/auth/v1/admin/users", self._guarded(self.create_user), methods=["POST"]),
            Route("/auth/v1/admin/users/{id}", self._guarded(self.get_user)),
            Route("/auth/v1/admin/users/{id}", self._guarded(self.update_user), methods=["PUT"]),
            Route("/auth/v1/admin/users/{id}", self._guarded(self.delete_user), methods=["DELETE"]),
            Route("/auth/v1/admin/jwks/rotate", self._guarded(self.rotate_keys), methods=["POST"]),
        ]

    def _guarded(self, endpoint: Endpoint) -> Endpoint:
        @functools.wraps(endpoint)
        async def guarded(request: Request) -> Response:
            demand_admin(self.access, request)
            return await endpoint(request)

        return answering(self.access, guarded)

    async def list_users(self, request: Request) -> Response:
        listing = Listing.of(request.query_params)
        async with self.database.as_auth() as connection:
            rows, total = await page(connection, listing)
        body = {"users": [users.public_view(row) for row in rows], "aud": AUDIENCE}
        link = listing.link(request.query_params, total)
        return JSONResponse(body, headers={"X-Total-Count": str(total), "Link": link})

    async def create_user(self, request: Request) -> Response:
        body = await bodies.read_body(request, bodies.AdminUser)
        bodies.demand_supported(body)
        if not body.email:
            raise validation_failed("Cannot create a user without either an email or phone")
        if body.password is not None and body.password_hash:
            raise validation_failed("Only a password or a password hash should be provided")
        email, identity = bodies.checked_email(body.email), bodies.chosen_id(body.id)
        columns = await _columns(body.model_copy(update={"password": body.password or None}))
        if body.password_hash:
            passwords.demand_usable_hash(body.password_hash)
            columns["encrypted_password"] = body.password_hash
        if "raw_app_meta_data" in columns:
            columns["raw_app_meta_data"] = {
                "provider": "email",
                "providers": ["email"],
                **columns["raw_app_meta_data"],
            }
        columns.pop("email", None)
        if body.email_confirm:
            columns.update(users.confirmation(columns.get("raw_user_meta_data", {})))
        async with self.database.as_auth() as connection:
            user = await users.create(connection, email, id=identity, **columns)
        return JSONResponse(users.public_view(user))

    async def get_user(self, request: Request) -> Response:
        async with self.database.as_auth() as connection:
            return JSONResponse(users.public_view(await users.get(connection, _user_id(request))))

    async def update_user(self, request: Request) -> Response:
        body = await bodies.read_body(request, bodies.AdminUser)
        bodies.demand_supported(body)
        columns = await _columns(body)
        async with self.database.as_auth() as connection:
            user = await users.get(connection, _user_id(request))
            for name in ("raw_user_meta_data", "raw_app_meta_data"):
                if name in columns:
                    columns[name] = bodies.merged_metadata(user[name], columns[name])
            if body.email_confirm:
                metadata = {**user, **columns}["raw_user_meta_data"]
                columns.update(users.confirmation(metadata))
            user = await users.change(connection, user["id"], **columns)
            if "encrypted_password" in columns:
                await sessions.close_sessions(connection, str(user["id"]), None, "global")
            if user["is_anonymous"] and body.email and body.email_confirm:
                user = await users.make_permanent(connection, user)
        return JSONResponse(users.public_view(user))

    async def delete_user(self, request: Request) -> Response:
        body = await bodies.read_body(request, bodies.DeleteUser, optional=True)
        async with self.database.as_auth() as connection:
            if body.should_soft_delete:
                await users.soft_remove(connection, _user_id(request))
            else:
                await users.remove(connection, _user_id(request))
        return JSONResponse({})

    async def rotate_keys(self, _: Request) -> Response:
        self.rotate()
        return JSONResponse({"keys": self.access.keys.key_ring.published()})


async def _columns(body: bodies.AdminUser) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    if body.email:
        columns["email"] = bodies.checked_email(body.email).lower()
    if body.password is not None:
        passwords.demand_acceptable(body.password)
        columns["encrypted_password"] = await passwords.hash_password(body.password)
    if body.role:
        columns["role"] = body.role
    if body.user_metadata is not None:
        columns["raw_user_meta_data"] = bodies.checked_metadata(body.user_metadata)
    if body.app_metadata is not None:
        columns["raw_app_meta_data"] = bodies.checked_metadata(body.app_metadata)
    if body.ban_duration:
        columns["banned_until"] = bodies.ban_end(body.ban_duration)
    return columns


def _user_id(request: Request) -> UUID:
    try:
        return UUID(request.path_params["id"])
    except ValueError:
        raise AuthError(404, "validation_failed", "user_id must be an UUID") from None
