"""`/storage/v1/object`: uploading, under RLS or with a signed URL."""

from datetime import UTC, datetime
from typing import Any

from psycopg import Rollback
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from devstack.supabase_local.access import SERVICE_ROLE, Access, Caller
from devstack.supabase_local.database import Database
from devstack.supabase_local.storage import buckets, objects
from devstack.supabase_local.storage.answering import answering
from devstack.supabase_local.storage.errors import bad_mime_type
from devstack.supabase_local.storage.files import Files, StoredBytes
from devstack.supabase_local.storage.naming import checked_key, mime_type_allowed
from devstack.supabase_local.storage.signing import UPLOAD_SECONDS, UrlSigner
from devstack.supabase_local.storage.upload import Upload, read_upload, wants_upsert

UPLOAD = "upload"
PLACEHOLDER = ".emptyFolderPlaceholder"
"""An empty file that keeps a folder; it may have any type."""


class UploadRoutes:
    def __init__(self, database: Database, access: Access, files: Files, signer: UrlSigner) -> None:
        self.database, self.access, self.files, self.signer = database, access, files, signer

    def routes(self) -> list[Route]:
        signed = "/storage/v1/object/upload/sign/{bucket}/{path:path}"
        plain = "/storage/v1/object/{bucket}/{path:path}"
        return [
            Route(signed, answering(self.sign), methods=["POST"]),
            Route(signed, answering(self.upload_signed), methods=["PUT"]),
            Route(plain, answering(self.upload), methods=["POST", "PUT"]),
        ]

    async def upload(self, request: Request) -> Response:
        caller = self.access.caller(request.headers)
        upsert = request.method == "PUT" or wants_upsert(request.headers)
        return await self._store(request, caller, caller.user_id, upsert=upsert)

    async def sign(self, request: Request) -> Response:
        """For whoever may upload there; the URL then needs no key."""
        caller, upsert = self.access.caller(request.headers), wants_upsert(request.headers)
        bucket, name = _place(request)
        await self._find_bucket(bucket)
        await self._demand_permission(caller, bucket, name, upsert=upsert)
        path = f"{bucket}/{name}"
        token = self.signer.sign(
            path, UPLOAD_SECONDS, purpose=UPLOAD, owner=caller.user_id, upsert=upsert
        )
        return JSONResponse({"url": f"/object/upload/sign/{path}?token={token}", "token": token})

    async def upload_signed(self, request: Request) -> Response:
        path = "/".join(_place(request))
        token = request.query_params.get("token", "")
        claims = self.signer.open(token, path, purpose=UPLOAD)
        trusted = Caller(SERVICE_ROLE, {"role": SERVICE_ROLE})
        return await self._store(request, trusted, claims["owner"], upsert=claims["upsert"])

    async def _store(
        self, request: Request, caller: Caller, owner: str | None, *, upsert: bool
    ) -> Response:
        bucket, name = _place(request)
        limits = await self._find_bucket(bucket)
        await self._demand_permission(caller, bucket, name, upsert=upsert)
        upload = await read_upload(request, limits["file_size_limit"])
        most = limits["file_size_limit"]
        if not mime_type_allowed(upload.mime_type, limits["allowed_mime_types"]):
            if name.rpartition("/")[2] != PLACEHOLDER:
                raise bad_mime_type(upload.mime_type)
            most = 0
        stored = await self.files.write(upload.chunks, most)
        new = objects.NewObject(
            bucket, name, owner, stored.version, _metadata(upload, stored), upload.user_metadata
        )
        try:
            async with self.database.as_storage() as connection:
                replaced = await objects.standing(connection, bucket, name)
            async with self.database.as_caller(caller) as connection:
                identity = await objects.put(connection, new, upsert=upsert)
        except BaseException:
            self.files.drop(stored.version)
            raise
        self.files.drop(replaced[1] if replaced else None)
        identity = replaced[0] if replaced else identity
        return JSONResponse({"Id": identity, "Key": f"{bucket}/{name}"})

    async def _find_bucket(self, bucket: str) -> dict[str, Any]:
        async with self.database.as_storage() as connection:
            return await buckets.find(connection, bucket)

    async def _demand_permission(
        self, caller: Caller, bucket: str, name: str, *, upsert: bool
    ) -> None:
        """Try the row and take it back: who may not upload is told before sending bytes."""
        trial = objects.NewObject(bucket, name, caller.user_id, None, {})
        async with self.database.as_caller(caller) as connection:
            await objects.put(connection, trial, upsert=upsert)
            raise Rollback


def _place(request: Request) -> tuple[str, str]:
    return request.path_params["bucket"], checked_key(request.path_params["path"])


def _metadata(upload: Upload, stored: StoredBytes) -> dict[str, Any]:
    return {
        "eTag": stored.etag,
        "size": stored.size,
        "mimetype": upload.mime_type,
        "cacheControl": upload.cache_control,
        "lastModified": datetime.now(UTC).isoformat(),
        "contentLength": stored.size,
        "httpStatusCode": 200,
    }
