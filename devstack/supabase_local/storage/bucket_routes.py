"""`/storage/v1/bucket`."""

from typing import Any

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from devstack.supabase_local.access import Access
from devstack.supabase_local.database import Database
from devstack.supabase_local.storage import buckets
from devstack.supabase_local.storage.answering import answering, read_body
from devstack.supabase_local.storage.errors import bucket_not_empty
from devstack.supabase_local.storage.files import Files
from devstack.supabase_local.storage.naming import checked_bucket, parse_size


class BucketBody(BaseModel):
    id: str | None = None
    name: str | None = None
    public: bool | None = None
    file_size_limit: int | str | None = None
    allowed_mime_types: list[str] | None = None

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
        async with self.database.as_caller(self.access.caller(request.headers)) as connection:
            return JSONResponse(
                [buckets.public_view(row) for row in await buckets.everything(connection)]
            )

    async def get(self, request: Request) -> Response:
        async with self.database.as_caller(self.access.caller(request.headers)) as connection:
            row = await buckets.find(connection, request.path_params["bucket"])
        return JSONResponse(buckets.public_view(row))

    async def create(self, request: Request) -> Response:
        caller = self.access.caller(request.headers)
        body = await read_body(request, BucketBody)
        name = checked_bucket(body.name or body.id or "")
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
        bucket = request.path_params["bucket"]
        async with self.database.as_caller(self.access.caller(request.headers)) as connection:
            await buckets.find(connection, bucket)
            cursor = await connection.execute(
                "delete from storage.objects where bucket_id = %s returning version", (bucket,)
            )
            versions = [row[0] for row in await cursor.fetchall()]
        for version in versions:
            self.files.drop(version)
        return JSONResponse({"message": "Successfully emptied"})
