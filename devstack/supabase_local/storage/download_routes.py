"""`/storage/v1/object`: downloading and looking, as oneself, publicly, or with a signed URL."""

from datetime import UTC, datetime
from email.utils import format_datetime, formatdate, parsedate_to_datetime
from typing import Any
from urllib.parse import quote

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from devstack.supabase_local.access import Access
from devstack.supabase_local.database import Database
from devstack.supabase_local.storage import buckets, objects
from devstack.supabase_local.storage.answering import (
    Endpoint,
    answering,
    read_body,
    refuse_versions,
)
from devstack.supabase_local.storage.errors import StorageError, no_such_bucket, not_there
from devstack.supabase_local.storage.files import Files
from devstack.supabase_local.storage.signing import UrlSigner

DOWNLOAD = "download"
MOST_PATHS = 1000


class SignBody(BaseModel):
    expires_in: int = Field(alias="expiresIn", gt=0, lt=1 << 40)
    transform: dict[str, Any] | None = None
    version: str | None = Field(None, alias="versionId")

    def demand_supported(self) -> None:
        """Raises a 501."""
        refuse_versions(self.version)
        if self.transform:
            raise not_there("Image transformation")


class SignManyBody(SignBody):
    paths: list[str] = Field(min_length=1, max_length=MOST_PATHS)


class DownloadRoutes:
    def __init__(self, database: Database, access: Access, files: Files, signer: UrlSigner) -> None:
        self.database, self.access, self.files, self.signer = database, access, files, signer

    def routes(self) -> list[Route]:
        def route(path: str, endpoint: Endpoint, *methods: str) -> Route:
            return Route(
                f"/storage/v1/object/{path}",
                answering(endpoint),
                methods=methods or ("GET", "HEAD"),
            )

        return [
            route("sign/{bucket}", self.sign_many, "POST"),
            route("sign/{bucket}/{path:path}", self.sign, "POST"),
            route("sign/{bucket}/{path:path}", self.signed),
            route("info/public/{bucket}/{path:path}", self.public_info),
            route("info/authenticated/{bucket}/{path:path}", self.info),
            route("info/{bucket}/{path:path}", self.info),
            route("public/{bucket}/{path:path}", self.public),
            route("authenticated/{bucket}/{path:path}", self.download),
            route("{bucket}/{path:path}", self.download),
        ]

    async def download(self, request: Request) -> Response:
        return self._file(await self._visible(request), request)

    async def info(self, request: Request) -> Response:
        return _told(await self._visible(request))

    async def public(self, request: Request) -> Response:
        return self._file(await self._public(request), request)

    async def public_info(self, request: Request) -> Response:
        return _told(await self._public(request))

    async def signed(self, request: Request) -> Response:
        bucket, path = _place(request)
        token = request.query_params.get("token", "")
        claims = self.signer.open(token, f"{bucket}/{path}", purpose=DOWNLOAD)
        async with self.database.as_storage() as connection:
            response = self._file(await objects.find(connection, bucket, path), request)
        response.headers["Expires"] = formatdate(claims["exp"], usegmt=True)
        return response

    async def sign(self, request: Request) -> Response:
        bucket, path = _place(request)
        body = await read_body(request, SignBody)
        body.demand_supported()
        async with self.database.as_caller(self.access.caller(request.headers)) as connection:
            await objects.find(connection, bucket, path)
        return JSONResponse({"signedURL": self._url(bucket, path, body.expires_in)})

    async def sign_many(self, request: Request) -> Response:
        bucket = request.path_params["bucket"]
        body = await read_body(request, SignManyBody)
        body.demand_supported()
        entries = []
        async with self.database.as_caller(self.access.caller(request.headers)) as connection:
            for path in body.paths:
                error, url = None, None
                try:
                    await objects.find(connection, bucket, path)
                    url = self._url(bucket, path, body.expires_in)
                except StorageError:
                    error = "Either the object does not exist or you do not have access to it"
                entries.append({"error": error, "path": path, "signedURL": url})
        return JSONResponse(entries)

    def _url(self, bucket: str, path: str, seconds: int) -> str:
        token = self.signer.sign(f"{bucket}/{path}", seconds, purpose=DOWNLOAD)
        return f"/object/sign/{quote(bucket)}/{quote(path)}?token={token}"

    async def _visible(self, request: Request) -> objects.Row:
        """As the caller may see it; what is public needs no permission."""
        bucket, path = _place(request)
        caller = self.access.caller(request.headers)
        async with self.database.as_storage() as connection:
            cursor = await connection.execute(
                "select public from storage.buckets where id = %s", (bucket,)
            )
            if (await cursor.fetchone() or (False,))[0]:
                return await objects.find(connection, bucket, path)
        async with self.database.as_caller(caller, read_only=True) as connection:
            return await objects.find(connection, bucket, path)

    async def _public(self, request: Request) -> objects.Row:
        bucket, path = _place(request)
        async with self.database.as_storage() as connection:
            if not (await buckets.find(connection, bucket))["public"]:
                raise no_such_bucket()
            return await objects.find(connection, bucket, path)

    def _file(self, row: objects.Row, request: Request) -> Response:
        """Streams from disk, whole or the range asked for."""
        metadata, changed = row["metadata"], _changed(row)
        headers = {
            "ETag": metadata["eTag"],
            "Cache-Control": metadata["cacheControl"],
            "Last-Modified": format_datetime(changed, usegmt=True),
            "X-Robots-Tag": "none",
        }
        if _is_known(request, metadata["eTag"], changed):
            return Response(status_code=304, headers=headers)
        if "download" in request.query_params:
            headers["Content-Disposition"] = _attachment(request.query_params["download"])
        path = self.files.path(row["version"])
        return FileResponse(path, headers=headers, media_type=metadata["mimetype"])


def _told(row: objects.Row) -> Response:
    headers = {
        "ETag": row["metadata"]["eTag"],
        "Cache-Control": "no-cache",
        "Last-Modified": format_datetime(_changed(row), usegmt=True),
    }
    return JSONResponse(objects.info_view(row), headers=headers)


def _changed(row: objects.Row) -> datetime:
    """When the bytes changed, to the second, as HTTP tells times."""
    moment = datetime.fromisoformat(row["metadata"]["lastModified"])
    return moment.replace(microsecond=0).astimezone(UTC)


def _attachment(name: str) -> str:
    """Without a name the client takes the last part of the URL."""
    quoted = quote(name, safe="")
    return f"attachment; filename={quoted}; filename*=UTF-8''{quoted}" if name else "attachment;"


def _is_known(request: Request, etag: str, changed: datetime) -> bool:
    """Whether the client has these bytes already; its ETag counts before its time."""
    if (known := request.headers.get("if-none-match")) is not None:
        tags = [one.strip().removeprefix("W/") for one in known.split(",")]
        return etag in tags or "*" in tags
    try:
        since = parsedate_to_datetime(request.headers.get("if-modified-since", ""))
    except ValueError:
        return False
    return changed <= (since if since.tzinfo else since.replace(tzinfo=UTC))


def _place(request: Request) -> tuple[str, str]:
    refuse_versions(request.query_params.get("versionId"))
    return request.path_params["bucket"], request.path_params["path"]
