"""Zip and tar archives read in place: their members are streams, and nothing is unpacked to disk.

Only plain archives are read: every byte belongs to a member, the directory or padding, every name
is a relative path that stands for one regular file. Everything else is refused, because another
reader could see something else in it.
"""

import stat
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from io import BufferedReader, RawIOBase
from typing import IO, Any, Protocol

from serving.model_file.findings import Refused, Unreadable
from shared.adapters.conversion.scan.decompress import CHUNK, MAX_UNPACKED_BYTES

MAX_MEMBERS = 20_000
MAX_DIRECTORY_BYTES = 8 << 20
LONGEST_NAME = 1024

_END = struct.Struct("<4s4H2LH")
"""End of a zip's directory: mark, disks, entries, size, offset, length of the comment."""
_LOCAL = struct.Struct("<4s5H3L2H")
"""A zip member's own header: mark, version, flags, method, ..., lengths of name and extra field."""
_DESCRIPTOR = 24
"""Bytes that may follow a zip member's data: its checksum and sizes, where they were not known."""
_ENCRYPTED, _PATCHED = 0x1, 0x20


class Archive(Protocol):
    """Regular files by name. `sizes` are what the archive declares; a stream never exceeds its."""

    @property
    def sizes(self) -> Mapping[str, int]: ...
    def open(self, name: str) -> IO[bytes]: ...


@dataclass(frozen=True)
class Zip:
    """A zip archive."""

    sizes: Mapping[str, int]
    _archive: zipfile.ZipFile

    def open(self, name: str) -> IO[bytes]:
        """The member's bytes. Reading raises Unreadable where they are damaged."""
        try:
            return BufferedReader(_Member(self._archive.open(name)), CHUNK)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError) as damage:
            raise Unreadable(f"The zip archive is damaged ({damage}).") from None


class _Member(RawIOBase):
    """A zip member whose damage is told as ours."""

    def __init__(self, member: IO[bytes]) -> None:
        super().__init__()
        self._member = member

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            data = self._member.read(len(buffer))
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as damage:
            raise Unreadable(f"The zip archive is damaged ({damage}).") from None
        buffer[: len(data)] = data
        return len(data)


def open_zip(file: IO[bytes]) -> Zip:
    """The zip archive that `file` is from its first byte to its last. Refused or Unreadable."""
    start, entries = _directory(file)
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError, struct.error):
        raise Unreadable("The zip archive's directory is damaged.") from None
    infos = archive.infolist()
    if len(infos) != entries or archive.comment:
        raise Refused("A zip archive whose directory contradicts itself")
    members = Members()
    for info in infos:
        _check_entry(info)
        if not info.is_dir():
            members.add(info.filename, info.file_size)
    _check_layout(file, infos, start)
    return Zip(members.sizes, archive)


def _directory(file: IO[bytes]) -> tuple[int, int]:
    """(offset of the directory, entries in it), which ends the file."""
    length = file.seek(0, 2)
    if length < _END.size:
        raise Unreadable("The zip archive is cut short.")
    file.seek(length - _END.size)
    mark, disk, first, here, entries, size, offset, comment = _END.unpack(file.read(_END.size))
    if mark != b"PK\x05\x06":
        raise Unreadable("The zip archive is cut short, or something follows its end.")
    if 0xFFFF in (disk, first, here, entries) or 0xFFFFFFFF in (size, offset):
        raise Refused("A zip archive of the 64-bit kind, which no model needs")
    if disk or first or here != entries or comment or offset + size + _END.size != length:
        raise Refused("A zip archive with more in it than its members")
    if entries > MAX_MEMBERS or size > MAX_DIRECTORY_BYTES:
        raise Refused(f"A zip archive of {entries:,} members; at most {MAX_MEMBERS:,} are read")
    return offset, entries


def _check_entry(info: zipfile.ZipInfo) -> None:
    name = info.orig_filename
    if info.flag_bits & (_ENCRYPTED | _PATCHED):
        raise Refused("An encrypted zip archive")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Refused("A zip archive that is compressed in an unusual way")
    if info.filename != name:
        raise Refused("A zip archive with a name that is cut short")
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise Refused(f"An archive with a link or a device in it ({name[:80]})")
    if info.is_dir() and info.file_size:
        raise Refused("A zip archive with data in a folder's entry")


def _check_layout(file: IO[bytes], infos: list[zipfile.ZipInfo], end: int) -> None:
    """Members lie side by side from the first byte on and name themselves as the directory does."""
    expected = 0
    for info in sorted(infos, key=lambda info: info.header_offset):
        slack = info.header_offset - expected
        if not 0 <= slack <= (_DESCRIPTOR if expected else 0):
            raise Refused("A zip archive with data between or before its members")
        file.seek(info.header_offset)
        header = file.read(_LOCAL.size)
        if len(header) < _LOCAL.size or not header.startswith(b"PK\x03\x04"):
            raise Unreadable("The zip archive is damaged: a member is not where it should be.")
        *_, name_length, extra_length = _LOCAL.unpack(header)
        name = file.read(name_length)
        expected = (
            info.header_offset + _LOCAL.size + name_length + extra_length + info.compress_size
        )
        encoding = "utf-8" if info.flag_bits & 0x800 else "cp437"
        if name.decode(encoding, "replace") != info.orig_filename:
            raise Refused("A zip archive whose members have two names")
    if not 0 <= end - expected <= (_DESCRIPTOR if expected else 0):
        raise Refused("A zip archive with data after its members")


class Members:
    """The regular files of an archive: how long each is declared to be."""

    def __init__(self) -> None:
        self.sizes: dict[str, int] = {}
        self._bytes = 0

    def add(self, name: str, size: int) -> None:
        """Refused where the name is unusual or the sum of all sizes too large."""
        parts = name.split("/")
        unusual = "\\" in name or "\0" in name or ":" in parts[0] or len(name) > LONGEST_NAME
        if unusual or any(part in ("", ".", "..") for part in parts):
            raise Refused(f"An archive with an unusual name in it ({name[:80]!r})")
        if name in self.sizes:
            raise Refused(f"An archive that holds {name[:80]!r} twice")
        if len(self.sizes) >= MAX_MEMBERS:
            raise Refused(f"An archive of more than {MAX_MEMBERS:,} files")
        self.sizes[name] = size
        self._bytes += size
        if self._bytes > MAX_UNPACKED_BYTES:
            raise Refused(f"An archive that unpacks to more than {MAX_UNPACKED_BYTES >> 20} MB")
