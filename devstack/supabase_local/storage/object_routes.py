"""`/storage/v1/object`: list, move, copy, remove."""

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from devstack.supabase_local.access import Access
from devstack.supabase_local.database import Database
from devstack.supabase_local.storage import objects
from devstack.supabase_local.storage.answering import answering, read_body
from devstack.supabase_local.storage.errors import invalid_request, no_such_key
from devstack.supabase_local.storage.files import Files
from devstack.supabase_local.storage.naming import checked_key


class SortBody(BaseModel):
    column: str = "name"
    order: str = "asc"


class ListBody(BaseModel):
    prefix: str = ""
    limit: int = Field(100, ge=0, le=10_000)
    offset: int = Field(0, ge=0, lt=1 << 40)
    search: str = ""
    sort_by: SortBody = Field(default_factory=SortBody, alias="sortBy")


class TransferBody(BaseModel):
    bucket: str = Field(alias="bucketId")
    source: str = Field(alias="sourceKey")
    target: str = Field(alias="destinationKey")
    target_bucket: str | None = Field(None, alias="destinationBucket")


class RemoveBody(BaseModel):
    prefixes: list[str] = Field(max_length=1000)


class ObjectRoutes:
    def __init__(self, database: Database, access: Access, files: Files) -> None:
        self.database, self.access, self.files = database, access, files

    def routes(self) -> list[Route]:
        base = "/storage/v1/object"
        return [
            Route(f"{base}/list/{{bucket}}", answering(self.list_folder), methods=["POST"]),
            Route(f"{base}/move", answering(self.move), methods=["POST"]),
            Route(f"{base}/copy", answering(self.copy), methods=["POST"]),
            Route(f"{base}/{{bucket}}", answering(self.remove), methods=["DELETE"]),
            Route(
                f"{base}/{{bucket}}/{{path:path}}", answering(self.remove_one), methods=["DELETE"]
            ),
        ]

    async def list_folder(self, request: Request) -> Response:
        body = await read_body(request, ListBody)
        if body.sort_by.column not in objects.SORTABLE:
            raise invalid_request(f"sortBy/column must be one of {', '.join(objects.SORTABLE)}")
        folder = f"{body.prefix.strip('/')}/" if body.prefix.strip("/") else ""
        async with self.database.as_caller(
            self.access.caller(request.headers), read_only=True
        ) as connection:
            rows = await objects.listing(
                connection,
                request.path_params["bucket"],
                folder,
                body.search,
                (body.sort_by.column, body.sort_by.order == "desc"),
                body.limit,
                body.offset,
            )
        return JSONResponse([objects.public_view(row) for row in rows])

    async def move(self, request: Request) -> Response:
        body = await read_body(request, TransferBody)
        target = (body.target_bucket or body.bucket, checked_key(body.target))
        async with self.database.as_caller(self.access.caller(request.headers)) as connection:
            await objects.move(connection, (body.bucket, body.source), target)
        return JSONResponse({"message": "Successfully moved"})

    async def copy(self, request: Request) -> Response:
        caller, body = self.access.caller(request.headers), await read_body(request, TransferBody)
        bucket, name = body.target_bucket or body.bucket, checked_key(body.target)
        async with self.database.as_caller(caller, read_only=True) as connection:
            source = await objects.find(connection, body.bucket, body.source)
        version = await self.files.copy(source["version"])
        new = objects.NewObject(
            bucket, name, caller.user_id, version, source["metadata"], source["user_metadata"]
        )
        try:
            async with self.database.as_caller(caller) as connection:
                identity = await objects.put(connection, new, upsert=False)
        except BaseException:
            self.files.drop(version)
            raise
        return JSONResponse({"Id": identity, "Key": f"{bucket}/{name}"})

    async def remove(self, request: Request) -> Response:
        body = await read_body(request, RemoveBody)
        return JSONResponse(await self._remove(request, body.prefixes))

    async def remove_one(self, request: Request) -> Response:
        if not await self._remove(request, [request.path_params["path"]]):
            raise no_such_key()
        return JSONResponse({"message": "Successfully deleted"})

    async def _remove(self, request: Request, names: list[str]) -> list[objects.Row]:
        async with self.database.as_caller(self.access.caller(request.headers)) as connection:
            rows = await objects.remove(connection, request.path_params["bucket"], names)
        for row in rows:
            self.files.drop(row["version"])
        return [objects.public_view(row) for row in rows]
