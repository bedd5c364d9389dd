"""The headers of the blob host: a blob's properties, and what every answer has."""

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from devstack.azureml_emulator.arm.manners import service_ids
from devstack.azureml_emulator.blob.listing import http_date
from devstack.azureml_emulator.blob.storage import Blob, Said

SERVER = "Windows-Azure-Blob/1.0 Microsoft-HTTPAPI/2.0"
OLDEST_VERSION = "2009-09-19"
METADATA = "x-ms-meta-"
ENCRYPTED = {"x-ms-request-server-encrypted": "true"}
MD5, CRC64 = "Content-MD5", "x-ms-content-crc64"
REQUEST_ID = "x-ms-request-id"
"""The request's id stands under this name in the scope too: the body of an error repeats it."""


class WithServiceHeaders:
    """Adds the server, the version that was asked for and the request's id to every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope = {**scope, REQUEST_ID: service_ids()[REQUEST_ID]}

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Server"] = SERVER
                asked = Request(scope).headers.get("x-ms-version")
                headers["x-ms-version"] = asked or OLDEST_VERSION
                headers[REQUEST_ID] = scope[REQUEST_ID]
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)


def content_headers(blob: Blob) -> dict[str, str]:
    return {**properties(blob), "Content-Length": str(blob.size)}


def range_headers(blob: Blob, start: int, end: int) -> dict[str, str]:
    """Of the bytes from `start` to `end`, both included; the MD5 is that of the whole blob."""
    headers = properties(blob)
    if md5 := headers.pop("Content-MD5", None):
        headers["x-ms-blob-content-md5"] = md5
    return {
        **headers,
        "Content-Length": str(end + 1 - start),
        "Content-Range": f"bytes {start}-{end}/{blob.size}",
    }


def properties(blob: Blob) -> dict[str, str]:
    return {
        "ETag": blob.etag,
        "Last-Modified": http_date(blob.modified_at),
        "Content-Type": blob.content_type,
        **({"Content-MD5": blob.content_md5} if blob.content_md5 else {}),
        "Accept-Ranges": "bytes",
        "x-ms-blob-type": "BlockBlob",
        "x-ms-creation-time": http_date(blob.created_at),
        "x-ms-access-tier": "Hot",
        "x-ms-access-tier-inferred": "true",
        "x-ms-lease-state": "available",
        "x-ms-lease-status": "unlocked",
        "x-ms-server-encrypted": "true",
        **{f"{METADATA}{name}": text for name, text in blob.metadata.items()},
    }


def written(blob: Blob) -> dict[str, str]:
    return {"ETag": blob.etag, "Last-Modified": http_date(blob.modified_at), **ENCRYPTED}


def metadata_of(request: Request) -> dict[str, str]:
    return {
        name.removeprefix(METADATA): text
        for name, text in request.headers.items()
        if name.startswith(METADATA)
    }


def content_type_of(request: Request) -> str:
    return request.headers.get("x-ms-blob-content-type") or "application/octet-stream"


def said_of(request: Request) -> Said:
    return Said(md5=request.headers.get(MD5), crc64=request.headers.get(CRC64))


def sum_of(said: Said, md5: str, crc64: str) -> dict[str, str]:
    """The checksum of a block or a list of them: the MD5 where the request has one."""
    return {MD5: md5} if said.md5 else {CRC64: crc64}
