"""A converted model as one file: equal folders give equal bytes."""

import gzip
import tarfile
from pathlib import Path


def pack(folder: Path, into: Path) -> Path:
    """Write `into` (tar.gz) and return it."""
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
