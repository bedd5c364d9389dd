"""Port ModelFiles: Supabase Storage with the secret key. Files go to and from disk in pieces."""

import gzip
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import httpx
import structlog

from shared.adapters.supabase.calls import PASSING, Asker
from shared.adapters.supabase.connection import connection_to
from shared.adapters.supabase.file_paths import own_path
from shared.config import Settings
from shared.domain.model import ServingRecipe
from shared.errors import SlipwayError
from shared.errors.models import (
    ArtifactMissing,
    ArtifactTooLarge,
    ModelFileEmpty,
    ModelFileMissing,
    ModelTooLarge,
)
from shared.errors.waiting import SupabaseMisconfigured
from shared.scratch import scratch

if TYPE_CHECKING:
    from storage3._sync.file_api import SyncBucketProxy

SIGNATURE_SECONDS = 60
ABSENT = {("404", "not_found"), ("400", "InvalidKey")}
"""A key that Storage would not even accept names no file."""

MODELS, ARTIFACTS = "models", "artifacts"
MB = 1 << 20

log = structlog.get_logger()


class SupabaseFiles:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @cached_property
    def _http(self) -> httpx.Client:
        return connection_to(self._settings).transfers

    @cached_property
    def _storage(self) -> Any:
        return connection_to(self._settings).for_files().storage

    def download_model(self, file_path: str, to: Path, *, max_bytes: int) -> int:
        own_path(file_path)
        size = self._download(MODELS, file_path, to, ModelFileMissing(file_path), max_bytes)
        if size == 0:
            raise ModelFileEmpty(file_path)
        return size

    def find_artifact(self, key: str) -> ServingRecipe | None:
        try:
            with _scratch() as card:
                self._download(ARTIFACTS, _card(key), card, ArtifactMissing(key))
                recipe = ServingRecipe.model_validate_json(card.read_bytes())
        except ArtifactMissing:
            return None
        with replies_of_storage(missing=None):
            return recipe if self._bucket(ARTIFACTS).exists(quote(_packed(key))) else None

    def keep_artifact(self, key: str, folder: Path, recipe: ServingRecipe) -> None:
        with _scratch() as packed:
            self._upload(_packed(key), pack(folder, packed))
        with _scratch() as card:
            card.write_text(recipe.model_dump_json())
            self._upload(_card(key), card)  # last: it says that all is there

    def fetch_artifact(self, key: str, into: Path) -> None:
        with _scratch() as packed:
            self._download(ARTIFACTS, _packed(key), packed, ArtifactMissing(key))
            unpack(packed, into)

    def _upload(self, key: str, source: Path) -> None:
        too_large = ArtifactTooLarge(source.stat().st_size)
        with replies_of_storage(missing=None, too_large=too_large):
            self._bucket(ARTIFACTS).upload(
                quote(key),
                source,
                {"upsert": "true", "content-type": "application/octet-stream"},
            )

    def _bucket(self, name: str) -> "SyncBucketProxy":
        bucket: SyncBucketProxy = self._storage.from_(name)
        return bucket

    def _download(
        self, bucket: str, key: str, to: Path, missing: SlipwayError, max_bytes: int | None = None
    ) -> int:
        """The official client would hold the whole file in memory, so it only signs the URL."""
        with replies_of_storage(missing):
            signed = self._bucket(bucket).create_signed_url(quote(key), SIGNATURE_SECONDS)
            request = self._http.stream(
                "GET", str(signed["signedUrl"]), headers={"Accept-Encoding": "identity"}
            )
            with request as response:
                if response.status_code in (400, 404):
                    raise missing
                response.raise_for_status()
                return _write(response, to, max_bytes)


def _packed(key: str) -> str:
    return f"{key}.tar.gz"


def _card(key: str) -> str:
    """A ServingRecipe as JSON."""
    return f"{key}.json"


@contextmanager
def _scratch() -> Iterator[Path]:
    """A path for one file, gone afterwards."""
    with scratch() as folder:
        yield folder / "file"


def _write(response: httpx.Response, to: Path, max_bytes: int | None) -> int:
    """How many bytes were written.

    Raises ModelTooLarge as soon as that is known. After any error no file stays.
    """
    announced = int(response.headers.get("content-length", 0))
    if max_bytes is not None and announced > max_bytes:
        raise ModelTooLarge(announced, max_bytes)
    written = 0
    try:
        with to.open("wb") as file:
            for piece in response.iter_bytes(MB):
                written += len(piece)
                if max_bytes is not None and written > max_bytes:
                    raise ModelTooLarge(written, max_bytes)
                file.write(piece)
    except BaseException:
        to.unlink(missing_ok=True)
        raise
    return written


@contextmanager
def replies_of_storage(
    missing: SlipwayError | None,
    too_large: SlipwayError | None = None,
    asker: Asker = Asker.SERVICE,
) -> Iterator[None]:
    """What Storage raises inside this context becomes one of our errors."""
    from storage3.exceptions import StorageApiError

    try:
        yield
    except httpx.HTTPStatusError as error:
        raise _as_slipway_error(asker, str(error.response.status_code)) from error
    except httpx.HTTPError as error:
        log.warning("storage_unreachable", reason=type(error).__name__)
        raise asker.unavailable() from error
    except StorageApiError as error:
        status = str(error.status)
        if missing and (status, error.code) in ABSENT:
            raise missing from error
        if too_large and status == "413":
            raise too_large from error
        raise _as_slipway_error(asker, status, error.code) from error


def _as_slipway_error(asker: Asker, status: str, code: str = "") -> SlipwayError:
    if PASSING.fullmatch(status):
        log.warning("storage_unavailable", code=status)
        return asker.unavailable()
    log.error("storage_misconfigured", code=status, error=code)
    return SupabaseMisconfigured(f"Storage {status} {code}".rstrip())


def pack(folder: Path, into: Path) -> Path:
    """Write a converted model to `into` (tar.gz) and return it: equal folders give equal bytes."""
    with (
        into.open("wb") as raw,
        gzip.GzipFile(fileobj=raw, mode="wb", filename="", mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w") as archive,
    ):
        for file in sorted(folder.rglob("*")):
            archive.add(file, file.relative_to(folder), recursive=False, filter=_anonymous)
    return into


def unpack(packed: Path, into: Path) -> None:
    """Files and folders only, nothing outside `into`."""
    into.mkdir(parents=True)
    with tarfile.open(packed, mode="r:gz") as archive:
        archive.extractall(into, filter="data")


def _anonymous(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = entry.mtime = 0
    entry.uname = entry.gname = ""
    return entry
