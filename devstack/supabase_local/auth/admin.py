"""`/auth/v1/admin`: users and signing keys, for whoever holds the secret key."""

import functools
from collections.abc import Callable
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from devstack.supabase_local.access import Access
from devstack.supabase_local.auth import bodies, passwords, users
from devstack.supabase_local.auth.errors import validation_failed
from devstack.supabase_local.auth.routes import Endpoint, answering, demand_admin
from devstack.supabase_local.database import Database

LARGEST_PAGE = 1000


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
        number = _whole(request, "page", 1)
        size = min(_whole(request, "per_page", 50), LARGEST_PAGE)
        async with self.database.as_auth() as connection:
            rows, total = await users.page(connection, number, size)
        body = {"users": [users.public_view(row) for row in rows], "aud": "authenticated"}
        return JSONResponse(body, headers={"X-Total-Count": str(total)})

    async def create_user(self, request: Request) -> Response:
        body = await bodies.read_body(request, bodies.AdminUser)
        email = bodies.checked_email(body.email)
        columns = await _columns(body)
        if "raw_app_meta_data" in columns:
            columns["raw_app_meta_data"] = {
                "provider": "email",
                "providers": ["email"],
                **columns["raw_app_meta_data"],
            }
        columns.pop("email", None)
        async with self.database.as_auth() as connection:
            user = await users.create(connection, email, id=body.id, **columns)
        return JSONResponse(users.public_view(user))

    async def get_user(self, request: Request) -> Response:
        async with self.database.as_auth() as connection:
            return JSONResponse(users.public_view(await users.get(connection, _user_id(request))))

    async def update_user(self, request: Request) -> Response:
        body = await bodies.read_body(request, bodies.AdminUser)
        columns = await _columns(body)
        async with self.database.as_auth() as connection:
            user = await users.get(connection, _user_id(request))
            for name in ("raw_user_meta_data", "raw_app_meta_data"):
                if name in columns:
                    columns[name] = bodies.checked_metadata({**user[name], **columns[name]})
            user = await users.change(connection, user["id"], **columns)
        return JSONResponse(users.public_view(user))

    async def delete_user(self, request: Request) -> Response:
        body = await bodies.read_body(request, bodies.DeleteUser)
        async with self.database.as_auth() as connection:
            if body.should_soft_delete:
                await users.change(connection, _user_id(request), deleted_at="now", email=None)
            else:
                await users.remove(connection, _user_id(request))
        return JSONResponse({})

    async def rotate_keys(self, _: Request) -> Response:
        self.rotate()
        return JSONResponse({"keys": self.access.keys.key_ring.published()})


async def _columns(body: bodies.AdminUser) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    if body.email is not None:
        columns["email"] = bodies.checked_email(body.email).lower()
    if body.password:
        passwords.demand_acceptable(body.password)
        columns["encrypted_password"] = await passwords.hash_password(body.password)
    if body.role:
        columns["role"] = body.role
    if body.user_metadata is not None:
        columns["raw_user_meta_data"] = bodies.checked_metadata(body.user_metadata)
    if body.app_metadata is not None:
        columns["raw_app_meta_data"] = bodies.checked_metadata(body.app_metadata)
    if body.email_confirm:
        columns["email_confirmed_at"] = "now"
    if body.ban_duration is not None:
        columns["banned_until"] = bodies.ban_end(body.ban_duration)
    return columns


def _user_id(request: Request) -> UUID:
    try:
        return UUID(request.path_params["id"])
    except ValueError:
        raise validation_failed("user_id must be an UUID") from None


def _whole(request: Request, name: str, default: int) -> int:
    text = request.query_params.get(name, "")
    return (
        int(text)
        if text.isascii() and text.isdigit() and 0 < len(text) < 9 and int(text)
        else default
    )
