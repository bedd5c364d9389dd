"""A model inside an archive: a skops file, or an MLflow model folder in a zip or tar."""

from io import BytesIO
from typing import IO

from serving.model_file.findings import Refused
from shared.adapters.conversion.scan import (
    foreign_archives,
    foreign_bytes,
    foreign_text,
    native,
    skops_file,
)
from shared.adapters.conversion.scan.archive import Archive, open_zip
from shared.adapters.conversion.scan.archive_tar import open_tar
from shared.adapters.conversion.scan.forms_mlflow import MLMODEL, Flavour, read_flavour
from shared.adapters.conversion.scan.opened import HEAD, Kind, Opened, open_native
from shared.adapters.conversion.scan.refusal import Refusal, Turned

MAX_INNER_BYTES = 128 << 20
"""Of a file inside an archive that has to be held in memory, because it is an archive itself."""
UNTOLD = {"numpy": "", "pandas": ""}
"""Of a skops file, which is read as a pickle with names of our own choice."""


def in_zip(file: IO[bytes]) -> Opened:
    """The model in a zip archive. Turned, Refused or Unreadable where there is none."""
    return _archived(open_zip(file), "zip")


def in_tar(file: IO[bytes]) -> Opened:
    """The model in a tar archive, compressed or not. Turned, Refused or Unreadable."""
    return _archived(open_tar(file), "tar")


def _archived(archive: Archive, kind: str) -> Opened:
    names = [name for name in archive.sizes if not foreign_archives.is_litter(name)]
    if skops_file.SCHEMA in names:
        return Opened(
            Kind.PICKLE, skops_file.as_pickle(archive), "Read a skops file.", versions=UNTOLD
        )
    folders = [name for name in names if name.rpartition("/")[2] == MLMODEL]
    if not folders:
        told = _alone(archive, names[0]) if len(names) == 1 else None
        raise Turned(told or foreign_archives.by_members(names))
    if len(folders) > 1:
        raise Turned(foreign_archives.several_folders(folders))
    folder = folders[0].removesuffix(MLMODEL)
    if folder.count("/") > 1:
        raise Turned(foreign_archives.deep_folder(folder))
    return _flavoured(archive, folder, read_flavour(archive, folders[0]), kind)


def _alone(archive: Archive, name: str) -> Refusal | None:
    """What the only file of an archive is, where that is no model that could be uploaded."""
    with archive.open(name) as stream:
        head = stream.read(HEAD)
    told = foreign_bytes.by_first_bytes(head)
    if head.startswith(foreign_archives.ZIP):
        inner = foreign_archives.compressed_again(head)
        told = inner if inner.code == "model_unsupported" else None
    elif told is None and foreign_text.is_text(head) and not native.format_of(head):
        told = foreign_text.by_text(head)
    if told is None:
        return None
    only = f"The only file of the archive, {name.rpartition('/')[2][:80]}, is"
    return told._replace(message=told.message.replace("The file is", only, 1))


def _flavoured(archive: Archive, folder: str, flavour: Flavour, kind: str) -> Opened:
    name = folder + flavour.path
    if name not in archive.sizes:
        raise Turned(foreign_archives.missing_member(flavour.path))
    note = f"Read {flavour.path} of an MLflow model folder ({kind})."
    versions = {flavour.library: flavour.version} if flavour.version else {}
    with archive.open(name) as stream:
        head = stream.read(HEAD)
    if head.startswith(b"\x80"):
        return Opened(Kind.PICKLE, archive.open(name), note, versions=versions)
    if head.startswith(b"PK\x03\x04"):
        inner = open_zip(BytesIO(_whole(archive, name)))
        if skops_file.SCHEMA in inner.sizes:
            pickle = skops_file.as_pickle(inner)
            return Opened(Kind.PICKLE, pickle, note, versions={**UNTOLD, **versions})
        raise Turned(foreign_archives.by_members(list(inner.sizes)))
    if (format_ := native.format_of(head)) and flavour.native:
        return open_native(archive.open(name), format_, note)
    raise Turned(foreign_bytes.by_first_bytes(head) or foreign_text.by_text(head))


def _whole(archive: Archive, name: str) -> bytes:
    if archive.sizes[name] > MAX_INNER_BYTES:
        raise Refused(
            f"An archive inside an archive of more than {MAX_INNER_BYTES >> 20} MB: upload"
            f" {name.rpartition('/')[2]} itself"
        )
    with archive.open(name) as stream:
        return stream.read()
