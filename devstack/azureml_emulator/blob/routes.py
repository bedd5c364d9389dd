"""The blob host's HTTP: containers, blobs, blocks and metadata, as storage clients call them."""

import datetime as dt
import re
import xml.etree.ElementTree as ET
from collections.abc import AsyncIterator
from pathlib import Path
from xml.sax.saxutils import escape

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from devstack.azureml_emulator.blob import sas
from devstack.azureml_emulator.blob.checksums import Checksums
from devstack.azureml_emulator.blob.headers import (
    CRC64,
    ENCRYPTED,
    REQUEST_ID,
    content_headers,
    content_type_of,
    metadata_of,
    range_headers,
    said_of,
    sum_of,
    written,
)
from devstack.azureml_emulator.blob.listing import MAX_LISTED, XML, Listing, as_xml
from devstack.azureml_emulator.blob.shared_key import SCHEME, check_shared_key
from devstack.azureml_emulator.blob.storage import Blob, Blobs, ContentMismatch
from devstack.azureml_emulator.tokens import STORAGE_AUDIENCES, InvalidToken, Tokens
from devstack.azureml_emulator.workspace import Workspace

CHUNK = 1 << 20
JWT = re.compile(r"Bearer [\w-]+\.[\w-]+\.[\w-]+")
WRONG_FORMAT = (
    "Authentication information is not given in the correct format. Check the value of"
    " Authorization header."
)
INVALID_BLOCKS = "The specified block list is invalid."
INVALID_RANGE = "The range specified is invalid for the current size of the resource."
CONDITION_NOT_MET = "The condition specified using HTTP conditional header(s) is not met."


class BlobError(Exception):
    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


async def answer_blob_error(request: Request, error: Exception) -> Response:
    if isinstance(error, HTTPException):
        error = BlobError(error.status_code, "InvalidUri", str(error.detail))
    if not isinstance(error, BlobError):
        raise error
    moment = dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%f0Z")
    message = f"{error.message}\nRequestId:{request.scope[REQUEST_ID]}\nTime:{moment}"
    body = f"{XML}<Error><Code>{error.code}</Code><Message>{escape(message)}</Message></Error>"
    headers = {"x-ms-error-code": error.code}
    if request.method == "HEAD":
        return Response(status_code=error.status, headers=headers)
    return Response(body, error.status, media_type="application/xml", headers=headers)


class BlobRoutes:
    def __init__(self, blobs: Blobs, workspace: Workspace, tokens: Tokens) -> None:
        self._blobs = blobs
        self._workspace = workspace
        self._tokens = tokens

    def routes(self) -> list[Route]:
        return [
            Route("/{container}", self.container, methods=["GET", "HEAD"]),
            Route("/{container}/{name:path}", self.blob, methods=["GET", "HEAD", "PUT", "DELETE"]),
        ]

    async def container(self, request: Request) -> Response:
        container = request.path_params["container"]
        self._authorize(request, container, "")
        query = request.query_params
        if query.get("comp") == "list":
            return self._list(request, container)
        if query.get("restype") == "container":
            return Response(headers={"ETag": '"0x1"', "x-ms-lease-status": "unlocked"})
        raise _not_done(request)

    async def blob(self, request: Request) -> Response:
        container, name = request.path_params["container"], request.path_params["name"]
        self._authorize(request, container, name)
        match request.method, request.query_params.get("comp"):
            case "PUT", None:
                return await self._put(request, container, name)
            case "PUT", "block":
                return await self._put_block(request, container, name)
            case "PUT", "blocklist":
                return await self._put_block_list(request, container, name)
            case "PUT", "metadata":
                blob = self._blobs.set_metadata(
                    self._existing(container, name), metadata_of(request)
                )
                return Response(headers=written(blob))
            case "GET", None:
                return self._download(request, self._existing(container, name))
            case "HEAD", None:
                return Response(headers=content_headers(self._existing(container, name)))
            case "DELETE", None:
                self._blobs.delete(self._existing(container, name))
                return Response(status_code=202, headers={"x-ms-delete-type-permanent": "true"})
        raise _not_done(request)

    def _authorize(self, request: Request, container: str, name: str) -> None:
        account, key = self._workspace.storage_account, self._workspace.storage_key
        authorization = request.headers.get("authorization", "")
        try:
            if "sig" in request.query_params:
                sas.check(request.query_params, request.method, account, key, container, name)
            elif authorization.startswith(SCHEME):
                path = request.scope["raw_path"].decode()
                query = request.url.query
                check_shared_key(request.method, path, query, request.headers, account, key)
            else:
                self._tokens.check(authorization, STORAGE_AUDIENCES)
        except sas.InvalidSignature as error:
            raise BlobError(
                403, "AuthenticationFailed", f"Authentication failed: {error}"
            ) from None
        except InvalidToken as error:
            if authorization and not JWT.fullmatch(authorization):
                raise BlobError(400, "InvalidAuthenticationInfo", WRONG_FORMAT) from None
            raise BlobError(401, "InvalidAuthenticationInfo", str(error)) from None

    def _existing(self, container: str, name: str) -> Blob:
        blob = self._blobs.get(container, name)
        if blob is None:
            raise BlobError(404, "BlobNotFound", "The specified blob does not exist.")
        return blob

    async def _put(self, request: Request, container: str, name: str) -> Response:
        if request.headers.get("x-ms-blob-type") != "BlockBlob":
            raise BlobError(400, "InvalidHeaderValue", "Only block blobs are emulated.")
        self._check_condition(request, container, name)
        try:
            blob = await self._blobs.write(
                container,
                name,
                request.stream(),
                content_type=content_type_of(request),
                metadata=metadata_of(request),
                said=said_of(request),
            )
        except ContentMismatch as mismatch:
            raise _mismatch(str(mismatch)) from None
        sums = {"Content-MD5": blob.content_md5, CRC64: blob.content_crc64}
        return Response(status_code=201, headers={**written(blob), **sums})

    async def _put_block(self, request: Request, container: str, name: str) -> Response:
        block = request.query_params.get("blockid", "")
        said = said_of(request)
        try:
            draft = await self._blobs.stage_block(container, name, block, request.stream(), said)
        except ContentMismatch as mismatch:
            raise _mismatch(str(mismatch)) from None
        sums = sum_of(said, draft.md5, draft.crc64)
        return Response(status_code=201, headers={**ENCRYPTED, **sums})

    async def _put_block_list(self, request: Request, container: str, name: str) -> Response:
        self._check_condition(request, container, name)
        try:
            body = await request.body()
            blocks = [block.text or "" for block in ET.fromstring(body)]  # noqa: S314
            blob = await self._blobs.commit_blocks(
                container,
                name,
                blocks,
                content_type=content_type_of(request),
                metadata=metadata_of(request),
                said_md5=request.headers.get("x-ms-blob-content-md5", ""),
            )
        except (ET.ParseError, FileNotFoundError):
            raise BlobError(400, "InvalidBlockList", INVALID_BLOCKS) from None
        sums = Checksums(body)
        headers = {**written(blob), **sum_of(said_of(request), sums.md5, sums.crc64)}
        return Response(status_code=201, headers=headers)

    def _check_condition(self, request: Request, container: str, name: str) -> None:
        unlike, like = request.headers.get("if-none-match"), request.headers.get("if-match")
        blob = self._blobs.get(container, name) if unlike or like else None
        if unlike == "*" and blob:
            raise BlobError(409, "BlobAlreadyExists", "The specified blob already exists.")
        etag = blob.etag if blob else None
        if (unlike and unlike == etag) or (like and (etag is None or like not in ("*", etag))):
            raise BlobError(412, "ConditionNotMet", CONDITION_NOT_MET)

    def _download(self, request: Request, blob: Blob) -> Response:
        wanted = request.headers.get("x-ms-range") or request.headers.get("range")
        if not wanted:
            return StreamingResponse(
                _read(self._blobs.content(blob), 0, blob.size), headers=content_headers(blob)
            )
        found = re.fullmatch(r"bytes=(\d+)-(\d*)", wanted)
        start = int(found[1]) if found else blob.size
        if found is None or start >= blob.size:
            raise BlobError(416, "InvalidRange", INVALID_RANGE)
        end = min(int(found[2] or blob.size - 1), blob.size - 1)
        part = _read(self._blobs.content(blob), start, end + 1 - start)
        return StreamingResponse(part, 206, headers=range_headers(blob, start, end))

    def _list(self, request: Request, container: str) -> Response:
        query = request.query_params
        asked = Listing(
            prefix=query.get("prefix", ""),
            delimiter=query.get("delimiter", ""),
            marker=query.get("marker", ""),
            size=min(int(query["maxresults"]), MAX_LISTED) if "maxresults" in query else None,
        )
        blobs = self._blobs.under(container, asked.prefix)
        return Response(
            as_xml(asked, asked.page(blobs), self._workspace.blob_host, container),
            media_type="application/xml",
        )


async def _read(path: Path, start: int, length: int) -> AsyncIterator[bytes]:
    with path.open("rb") as stream:
        stream.seek(start)
        while length > 0 and (chunk := stream.read(min(CHUNK, length))):
            length -= len(chunk)
            yield chunk


def _mismatch(checksum: str) -> BlobError:
    name = checksum.upper()
    return BlobError(
        400,
        f"{checksum}Mismatch",
        f"The {name} value specified in the request did not match with the {name} value calculated"
        " by the server.",
    )


def _not_done(request: Request) -> BlobError:
    asked = f"{request.method} ?comp={request.query_params.get('comp', '')}"
    return BlobError(501, "NotImplemented", f"The emulator does not do this: {asked}.")
