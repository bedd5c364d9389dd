"""What arrives with an upload: a multipart form from storage3, also raw bytes from storage-js."""

import base64
import binascii
import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import Headers, UploadFile
from starlette.formparsers import MultiPartException
from starlette.requests import Request

from devstack.supabase_local.storage.errors import (
    bad_content_type,
    invalid_request,
    not_there,
    too_large,
)

CHUNK = 1 << 20
FORM_OVERHEAD = 1 << 16
MOST_HEADER, MOST_METADATA = 255, 16 << 10
"""Characters of a mime type or cache control, bytes of user metadata: listings hold thousands."""


_SECONDS = re.compile(r"\d{1,10}", re.ASCII)
_MIME_TYPE = re.compile(r"[\w!#$&^.+\-]+/[\w!#$&^.+*\-]+\s*(;.*)?", re.ASCII)


@dataclass
class Upload:
    chunks: AsyncIterator[bytes]
    mime_type: str
    cache_control: str = "no-cache"
    user_metadata: dict[str, Any] = field(default_factory=dict)


async def read_upload(request: Request, limit: int | None) -> Upload:
    """Refuses by Content-Length what is too large, before reading it."""
    declared = request.headers.get("content-length", "")
    if limit is not None and declared.isdigit() and int(declared) > limit + FORM_OVERHEAD:
        raise too_large()
    if request.headers.get("x-robots-tag", "none") != "none":
        raise not_there("A robots tag of an object's own")
    content_type = request.headers.get("content-type", "application/octet-stream")
    if content_type.startswith("multipart/form-data"):
        return await _from_form(request)
    return Upload(
        request.stream(),
        _mime_type(content_type),
        _short("cache-control", request.headers.get("cache-control", "no-cache")),
        user_metadata_of(request.headers) or {},
    )


async def _from_form(request: Request) -> Upload:
    try:
        form = await request.form(max_files=10, max_fields=20)
    except MultiPartException as error:
        raise invalid_request(error.message) from None
    file = next((part for part in form.values() if isinstance(part, UploadFile)), None)
    if file is None:
        raise invalid_request("No content provided")
    metadata, named = form.get("metadata"), form.get("contentType")
    return Upload(
        _chunks(file),
        _mime_type(str(named or file.content_type or "application/octet-stream")),
        _cache_control(form.get("cacheControl")),
        _parsed(metadata) if isinstance(metadata, str) else {},
    )


async def _chunks(file: UploadFile) -> AsyncIterator[bytes]:
    while chunk := await file.read(CHUNK):
        yield chunk


def wants_upsert(headers: Headers) -> bool:
    return headers.get("x-upsert") == "true"


def user_metadata_of(headers: Headers) -> dict[str, Any] | None:
    """storage-js sends it as base64 of JSON."""
    encoded = headers.get("x-metadata")
    if encoded is None:
        return None
    try:
        return _parsed(base64.b64decode(encoded, validate=True).decode())
    except (binascii.Error, UnicodeDecodeError):
        raise invalid_request("x-metadata must be base64 of JSON") from None


def _cache_control(seconds: object) -> str:
    is_count = isinstance(seconds, str) and _SECONDS.fullmatch(seconds)
    return f"max-age={seconds}" if is_count else "no-cache"


def _mime_type(value: str) -> str:
    if not _MIME_TYPE.fullmatch(value):
        raise bad_content_type()
    return _short("content-type", value)


def _short(name: str, value: str) -> str:
    if len(value) > MOST_HEADER:
        raise invalid_request(f"{name} has {len(value)} characters; {MOST_HEADER} is the most")
    return value


def _parsed(text: str) -> dict[str, Any]:
    if len(text) > MOST_METADATA:
        raise invalid_request(f"metadata has {len(text)} bytes; {MOST_METADATA} is the most")
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise invalid_request("metadata must be JSON") from None
    if not isinstance(value, dict):
        raise invalid_request("metadata must be a JSON object")
    return value
