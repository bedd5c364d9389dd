"""`/storage/v1/object`: list, move, copy, remove."""

from datetime import UTC, datetime
from typing import Any, Literal

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from devstack.supabase_local.access import Access
from devstack.supabase_local.database import Database
from devstack.supabase_local.storage import objects
from devstack.supabase_local.storage.answering import answering, read_body, refuse_versions
from devstack.supabase_local.storage.errors import no_such_key
from devstack.supabase_local.storage.files import Files
from devstack.supabase_local.storage.naming import checked_key
from devstack.supabase_local.storage.upload import user_metadata_of, wants_upsert


class SortBody(BaseModel):
    column: objects.Sortable = "name"
    order: Literal["asc", "desc"] = "asc"


class ListBody(BaseModel):
    prefix: str
    limit: int = Field(100, ge=1, le=10_000)
    offset: int = Field(0, ge=0, lt=1 << 40)
    search: str = ""
    sort_by: SortBody = Field(default_factory=SortBody, alias="sortBy")
    exact: bool = Field(False, alias="exactMatch")
    noncurrent: str = Field("exclude", alias="noncurrentVersions")
    markers: str = Field("exclude", alias="deleteMarkers")


class TransferBody(BaseModel):
    bucket: str = Field(alias="bucketId")
    source: str = Field(alias="sourceKey")
    target: str = Field(alias="destinationKey")
    target_bucket: str | None = Field(None, alias="destinationBucket")
    version: str | None = Field(None, alias="sourceVersionId")


class CopyMetadata(BaseModel):
    cache_control: str | None = Field(None, alias="cacheControl")
    mime_type: str | None = Field(None, alias="mimetype")


class CopyBody(TransferBody):
    metadata: CopyMetadata = Field(default_factory=CopyMetadata)
    keeps: bool = Field(True, alias="copyMetadata")


class RemoveBody(BaseModel):
    prefixes: list[str | dict[str, Any]] = Field(min_length=1, max_length=1000)


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
        refuse_versions(body.exact, body.noncurrent != "exclude", body.markers != "exclude")
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
        caller, body = self.access.caller(request.headers), await read_body(request, TransferBody)
        refuse_versions(body.version)
        target = (body.target_bucket or body.bucket, checked_key(body.target))
        async with self.database.as_caller(caller) as connection:
            await objects.move(connection, (body.bucket, body.source), target, caller.user_id)
        async with self.database.as_storage() as connection:
            moved = await objects.find(connection, *target)
        reply = {"message": "Successfully moved", "Id": str(moved["id"]), "Key": moved["name"]}
        return JSONResponse(reply)

    async def copy(self, request: Request) -> Response:
        caller, body = self.access.caller(request.headers), await read_body(request, CopyBody)
        refuse_versions(body.version)
        bucket, name = body.target_bucket or body.bucket, checked_key(body.target)
        async with self.database.as_caller(caller, read_only=True) as connection:
            source = await objects.find(connection, body.bucket, body.source)
        own = None if body.keeps else user_metadata_of(request.headers)
        version = await self.files.copy(source["version"])
        new = objects.NewObject(
            bucket,
            name,
            caller.user_id,
            version,
            _copied_metadata(source["metadata"], body),
            source["user_metadata"] if body.keeps else own,
        )
        try:
            async with self.database.as_storage() as connection:
                replaced = await objects.standing(connection, bucket, name)
            async with self.database.as_caller(caller) as connection:
                await objects.put(connection, new, upsert=wants_upsert(request.headers))
        except BaseException:
            self.files.drop(version)
            raise
        self.files.drop(replaced[1] if replaced else None)
        async with self.database.as_storage() as connection:
            row = objects.public_view(await objects.find(connection, bucket, name))
        return JSONResponse({"Id": row["id"], "Key": f"{bucket}/{name}", **row})

    async def remove(self, request: Request) -> Response:
        body = await read_body(request, RemoveBody)
        names = [one for one in body.prefixes if isinstance(one, str)]
        refuse_versions(len(names) < len(body.prefixes))
        return JSONResponse(await self._remove(request, names))

    async def remove_one(self, request: Request) -> Response:
        refuse_versions(request.query_params.get("versionId"))
        if not await self._remove(request, [request.path_params["path"]]):
            raise no_such_key()
        return JSONResponse({"message": "Successfully deleted"})

    async def _remove(self, request: Request, names: list[str]) -> list[objects.Row]:
        async with self.database.as_caller(self.access.caller(request.headers)) as connection:
            rows = await objects.remove(connection, request.path_params["bucket"], names)
        for row in rows:
            self.files.drop(row["version"])
        return [objects.public_view(row) for row in rows]


def _copied_metadata(source: objects.Row, body: CopyBody) -> objects.Row:
    """The source's, with what the copy says of its own unless it keeps all."""
    own = {} if body.keeps else body.metadata.model_dump(by_alias=True, exclude_none=True)
    return {**source, **own, "lastModified": datetime.now(UTC).isoformat()}
