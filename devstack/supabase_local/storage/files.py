"""The bytes of objects: one file per version, under a random id, kept or dropped whole."""

import hashlib
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import anyio
import anyio.to_thread

from devstack.supabase_local.storage.errors import too_large


@dataclass(frozen=True)
class StoredBytes:
    version: str
    size: int
    etag: str


class Files:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def path(self, version: str) -> Path:
        return self.folder / version[:2] / version

    async def write(self, chunks: AsyncIterator[bytes], limit: int | None) -> StoredBytes:
        """Raises EntityTooLarge beyond `limit` bytes, keeping nothing."""
        version, size, digest = str(uuid4()), 0, hashlib.md5(usedforsecurity=False)
        path = self.path(version)
        path.parent.mkdir(exist_ok=True)
        try:
            async with await anyio.open_file(path, "wb") as file:
                async for chunk in chunks:
                    size += len(chunk)
                    if limit is not None and size > limit:
                        raise too_large()
                    digest.update(chunk)
                    await file.write(chunk)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return StoredBytes(version, size, f'"{digest.hexdigest()}"')

    async def copy(self, version: str) -> str:
        copied = str(uuid4())
        target = self.path(copied)
        target.parent.mkdir(exist_ok=True)
        async with (
            await anyio.open_file(self.path(version), "rb") as source,
            await anyio.open_file(target, "wb") as file,
        ):
            while chunk := await source.read(1 << 20):
                await file.write(chunk)
        return copied

    def drop(self, version: str | None) -> None:
        if version:
            self.path(version).unlink(missing_ok=True)

    def keep_only(self, versions: Iterable[str]) -> None:
        """Remove what no row refers to: the remains of uploads that were cut short."""
        known = set(versions)
        for path in self.folder.glob("*/*"):
            if path.name not in known:
                path.unlink(missing_ok=True)
