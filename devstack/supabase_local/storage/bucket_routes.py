"""`/storage/v1/bucket`."""

from typing import Any, Literal

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from devstack.supabase_local.access import SERVICE_ROLE, Access
from devstack.supabase_local.database import Database
from devstack.supabase_local.storage import buckets
from devstack.supabase_local.storage.answering import (
    answering,
    read_body,
    read_query,
    refuse_versions,
)
from devstack.supabase_local.storage.errors import (
    bucket_not_empty,
    invalid_request,
    invalid_role,
    not_there,
)
from devstack.supabase_local.storage.files import Files
from devstack.supabase_local.storage.naming import checked_bucket, parse_size

STANDARD = "STANDARD"
EMPTIED = "Empty bucket has been queued. Completion may take up to an hour."
"""The hosted service's words; here the bucket is empty at once."""


class BucketQuery(BaseModel):
    limit: int | None = Field(None, ge=1, lt=1 << 40)
    offset: int = Field(0, ge=0, lt=1 << 40)
    sort_column: Literal["id", "name", "created_at", "updated_at"] = Field(
        "name", alias="sortColumn"
    )
    sort_order: Literal["asc", "desc"] = Field("asc", alias="sortOrder")
    search: str = ""


class BucketBody(BaseModel):
    id: str | None = None
    name: str | None = None
    public: bool | None = None
    file_size_limit: int | str | None = None
    allowed_mime_types: list[str] | None = None
    type: str | None = None
    versioning_status: str | None = None

    def demand_supported(self) -> None:
        """Raises a 501 for buckets of files under versions, and for those that hold no files."""
        refuse_versions(self.versioning_status)
        if self.type not in (None, STANDARD):
            raise not_there(f"A bucket of type {self.type}")

    def columns(self) -> dict[str, Any]:
        """Only what the request names, so that an update leaves the rest."""
        given = self.model_dump(
            include={"public", "file_size_limit", "allowed_mime_types"}, exclude_unset=True
        )
        if "file_size_limit" in given:
            given["file_size_limit"] = parse_size(self.file_size_limit)
        if given.get("public", True) is None:
            del given["public"]
        return given


class BucketRoutes:
    def __init__(self, database: Database, access: Access, files: Files) -> None:
        self.database, self.access, self.files = database, access, files

    def routes(self) -> list[Route]:
        one = "/storage/v1/bucket/{bucket}"
        return [
            Route("/storage/v1/bucket", answering(self.list_all)),
            Route("/storage/v1/bucket", answering(self.create), methods=["POST"]),
            Route(one, answering(self.get)),
            Route(one, answering(self.update), methods=["PUT"]),
            Route(one, answering(self.delete), methods=["DELETE"]),
            Route(f"{one}/empty", answering(self.empty), methods=["POST"]),
        ]

    async def list_all(self, request: Request) -> Response:
        query = read_query(request, BucketQuery)
        async with self.database.as_caller(self.access.caller(request.headers)) as connection:
            rows = await buckets.listing(
                connection,
                query.search,
                (query.sort_column, query.sort_order),
                query.limit,
                query.offset,
            )
        return JSONResponse([buckets.public_view(row) for row in rows])

    async def get(self, request: Request) -> Response:
        async with self.database.as_caller(self.access.caller(request.headers)) as connection:
            row = await buckets.find(connection, request.path_params["bucket"])
        return JSONResponse(buckets.public_view(row))

    async def create(self, request: Request) -> Response:
        caller = self.access.caller(request.headers)
        body = await read_body(request, BucketBody)
        body.demand_supported()
        if body.name is None:
            raise invalid_request("body must have required property 'name'")
        name = checked_bucket(body.name)
        values = {
            "id": checked_bucket(body.id or name),
            "name": name,
            "owner": caller.user_id,
            "owner_id": caller.user_id,
            **body.columns(),
        }
        async with self.database.as_caller(caller) as connection:
            await buckets.create(connection, values)
        return JSONResponse({"name": name})

    async def update(self, request: Request) -> Response:
        body = await read_body(request, BucketBody)
        body.demand_supported()
        if not body.model_fields_set:
            raise invalid_request("body must NOT have fewer than 1 properties")
        async with self.database.as_caller(self.access.caller(request.headers)) as connection:
            await buckets.change(connection, request.path_params["bucket"], body.columns())
        return JSONResponse({"message": "Successfully updated"})

    async def delete(self, request: Request) -> Response:
        caller, bucket = self.access.caller(request.headers), request.path_params["bucket"]
        async with self.database.as_caller(caller) as connection:
            await buckets.find(connection, bucket)
        async with self.database.as_storage() as connection:
            if not await buckets.is_empty(connection, bucket):
                raise bucket_not_empty()
        async with self.database.as_caller(caller) as connection:
            await buckets.remove(connection, bucket)
        return JSONResponse({"message": "Successfully deleted"})

    async def empty(self, request: Request) -> Response:
        caller, bucket = self.access.caller(request.headers), request.path_params["bucket"]
        if caller.role != SERVICE_ROLE:
            raise invalid_role()
        async with self.database.as_caller(caller) as connection:
            await buckets.find(connection, bucket)
            await connection.execute(buckets.ALLOW_REMOVAL)
            cursor = await connection.execute(
                "delete from storage.objects where bucket_id = %s returning version", (bucket,)
            )
            versions = [row[0] for row in await cursor.fetchall()]
        for version in versions:
            self.files.drop(version)
        return JSONResponse({"message": EMPTIED})
