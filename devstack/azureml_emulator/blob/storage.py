"""Blobs on disk: contents are files, properties are records. A blob appears whole or not at all."""

import asyncio
import datetime as dt
import hashlib
import shutil
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel

from devstack.azureml_emulator.arm.records import now
from devstack.azureml_emulator.blob.checksums import Checksums
from devstack.azureml_emulator.store import Collection, Store

JOIN_CHUNK = 1 << 20


class Blob(BaseModel):
    container: str
    name: str
    size: int
    etag: str
    content_md5: str
    """base64, as Content-MD5 says it; empty of joined blocks, unless the client said theirs."""
    content_crc64: str = ""
    """base64, as x-ms-content-crc64 says it; empty of joined blocks."""
    content_type: str
    created_at: dt.datetime
    modified_at: dt.datetime
    metadata: dict[str, str] = {}


class ContentMismatch(Exception):
    """The uploaded bytes are not those of a checksum in their headers: its name, Md5 or Crc64."""


@dataclass(frozen=True)
class Draft:
    path: Path
    md5: str
    crc64: str = ""


@dataclass(frozen=True)
class Said:
    """What the headers of an upload say its checksums are."""

    md5: str | None = None
    crc64: str | None = None


NOTHING_SAID = Said()


class Blobs:
    def __init__(self, directory: Path, store: Store) -> None:
        self._directory = directory
        self._records = Collection(store, "blobs", Blob)
        self._drafts = directory / "drafts"
        shutil.rmtree(self._drafts, ignore_errors=True)
        self._drafts.mkdir(parents=True)
        (directory / "blocks").mkdir(exist_ok=True)

    def get(self, container: str, name: str) -> Blob | None:
        return self._records.get(f"{container}/{name}")

    def under(self, container: str, prefix: str = "") -> list[Blob]:
        return self._records.all(f"{container}/{prefix}")

    def count(self) -> int:
        return self._records.count()

    def content(self, blob: Blob) -> Path:
        return self._directory / "contents" / blob.container / _file_name(blob.name)

    async def write(
        self,
        container: str,
        name: str,
        chunks: AsyncIterator[bytes],
        *,
        content_type: str,
        metadata: dict[str, str],
        said: Said = NOTHING_SAID,
    ) -> Blob:
        """Raises ContentMismatch."""
        draft = await self._draft(chunks, said)
        return self._publish(container, name, draft, content_type, metadata)

    async def stage_block(
        self, container: str, name: str, block: str, chunks: AsyncIterator[bytes], said: Said
    ) -> Draft:
        """Raises ContentMismatch."""
        draft = await self._draft(chunks, said)
        target = self._blocks(container, name) / _file_name(block)
        target.parent.mkdir(parents=True, exist_ok=True)
        draft.path.replace(target)
        return draft

    async def commit_blocks(
        self,
        container: str,
        name: str,
        blocks: list[str],
        *,
        content_type: str,
        metadata: dict[str, str],
        said_md5: str,
    ) -> Blob:
        """Join staged blocks into the blob. Raises FileNotFoundError for a block never staged."""
        folder = self._blocks(container, name)
        files = [folder / _file_name(block) for block in blocks]
        joined = self._drafts / uuid.uuid4().hex
        await asyncio.to_thread(_join, files, joined)
        draft = Draft(joined, said_md5)
        shutil.rmtree(folder, ignore_errors=True)
        return self._publish(container, name, draft, content_type, metadata)

    def set_metadata(self, blob: Blob, metadata: dict[str, str]) -> Blob:
        blob.metadata, blob.modified_at, blob.etag = metadata, now(), _etag()
        self._records.put(f"{blob.container}/{blob.name}", blob)
        return blob

    def delete(self, blob: Blob) -> None:
        self._records.delete(f"{blob.container}/{blob.name}")
        self.content(blob).unlink(missing_ok=True)

    async def _draft(self, chunks: AsyncIterator[bytes], said: Said) -> Draft:
        path = self._drafts / uuid.uuid4().hex
        sums = Checksums()
        try:
            with path.open("wb") as stream:
                async for chunk in chunks:
                    stream.write(chunk)
                    sums.update(chunk)
            draft = Draft(path, sums.md5, sums.crc64)
            for name, expected, found in (
                ("Md5", said.md5, draft.md5),
                ("Crc64", said.crc64, draft.crc64),
            ):
                if expected and expected != found:
                    raise ContentMismatch(name)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return draft

    def _publish(
        self, container: str, name: str, draft: Draft, content_type: str, metadata: dict[str, str]
    ) -> Blob:
        previous = self.get(container, name)
        moment = now()
        blob = Blob(
            container=container,
            name=name,
            size=draft.path.stat().st_size,
            etag=_etag(),
            content_md5=draft.md5,
            content_crc64=draft.crc64,
            content_type=content_type,
            created_at=previous.created_at if previous else moment,
            modified_at=moment,
            metadata=metadata,
        )
        target = self.content(blob)
        target.parent.mkdir(parents=True, exist_ok=True)
        draft.path.replace(target)
        self._records.put(f"{container}/{name}", blob)
        return blob

    def _blocks(self, container: str, name: str) -> Path:
        return self._directory / "blocks" / container / _file_name(name)


def _join(files: list[Path], target: Path) -> None:
    try:
        with target.open("wb") as joined:
            for file in files:
                with file.open("rb") as source:
                    while chunk := source.read(JOIN_CHUNK):
                        joined.write(chunk)
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def _file_name(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def _etag() -> str:
    return f'"0x{uuid.uuid4().hex[:15].upper()}"'
