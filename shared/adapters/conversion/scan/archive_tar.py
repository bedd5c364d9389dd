"""Tar archives, plain or compressed as a whole, read forward in place.

Python's tarfile keeps whatever the headers declare; here every header is short, and links, devices,
sparse files and numbers of the large kind are refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from io import BufferedReader
from typing import IO

from serving.model_file.findings import Refused, Unreadable
from shared.adapters.conversion.scan.archive import LONGEST_NAME, MAX_MEMBERS, Members
from shared.adapters.conversion.scan.decompress import CHUNK, unpacked
from shared.adapters.conversion.scan.streams import Part

BLOCK = 512
_MAX_EXTENDED = 64 << 10
_REGULAR, _FOLDER, _NAME, _EXTENDED, _GLOBAL = (b"0", b"\0"), b"5", b"L", b"x", b"g"


def _is_tar(head: bytes) -> bool:
    """Whether these first 512 bytes are a tar archive's."""
    return head[257:262] == b"ustar"


@dataclass(frozen=True)
class Tar:
    """A tar archive on `file`, which is compressed in any way that a model may be."""

    sizes: Mapping[str, int]
    _offsets: Mapping[str, int]
    _file: IO[bytes]

    def open(self, name: str) -> IO[bytes]:
        """The member's bytes; the archive is read again from its beginning."""
        stream = _plain(self._file)
        _skip(stream, self._offsets[name])
        return BufferedReader(Part(stream, self.sizes[name]), CHUNK)


def open_tar(file: IO[bytes]) -> Tar:
    """The tar archive that `file` is to its end. Refused or Unreadable."""
    stream, members, offsets = _plain(file), Members(), {}
    position = 0
    extended: dict[str, str] = {}
    headers = 0
    while any(header := _read(stream, BLOCK)):
        headers += 1
        if headers > 4 * MAX_MEMBERS:
            raise Refused(f"A tar archive of more than {4 * MAX_MEMBERS:,} headers")
        position += BLOCK
        kind, name, size = _header(header)
        if kind in (_NAME, _EXTENDED, _GLOBAL):
            data = _read(stream, _blocks(_short(size)))
            position += len(data)
            extended |= _extended(kind, data[:size])
            continue
        name = extended.pop("path", name)
        if "size" in extended:
            size = _decimal(extended.pop("size"))
        if kind in _REGULAR:
            name = name.removeprefix("./")
            members.add(name, size)
            offsets[name] = position
        elif kind != _FOLDER or size:
            raise Refused(f"An archive with a link or a device in it ({name[:80]})")
        extended.clear()
        _skip(stream, _blocks(size))
        position += _blocks(size)
    while rest := stream.read(CHUNK):
        if rest.strip(b"\0"):
            raise Refused("A tar archive with data after its end")
    return Tar(members.sizes, offsets, file)


def _plain(file: IO[bytes]) -> IO[bytes]:
    """The archive's own bytes. A name at its beginning may look like a compressed file's."""
    file.seek(0)
    plain = _is_tar(file.read(BLOCK))
    file.seek(0)
    return file if plain else unpacked(file)


def _header(block: bytes) -> tuple[bytes, str, int]:
    """(kind, name, size) of a member."""
    checksum = sum(block) - sum(block[148:156]) + 8 * ord(" ")
    if _octal(block[148:156]) != checksum or not _is_tar(block):
        raise Unreadable("The tar archive is damaged: a header does not fit its checksum.")
    name = _text(block[:100])
    if block[257:265] == b"ustar\x0000" and (prefix := _text(block[345:500])):
        name = f"{prefix}/{name}"
    return block[156:157], name, _octal(block[124:136])


def _octal(field: bytes) -> int:
    digits = field.strip(b" \0")
    if not digits:
        return 0
    if not all(digit in b"01234567" for digit in digits):
        raise Refused("A tar archive with a number of an unusual kind")
    return int(digits, 8)


def _decimal(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 12):
        raise Refused("A tar archive with a number of an unusual kind")
    return int(text)


def _text(field: bytes) -> str:
    try:
        return field.split(b"\0", 1)[0].decode("utf-8")
    except UnicodeDecodeError:
        raise Refused("An archive with a name that is no text") from None


def _short(size: int) -> int:
    if size > _MAX_EXTENDED:
        raise Refused("A tar archive with a header of unusual length")
    return size


def _extended(kind: bytes, data: bytes) -> dict[str, str]:
    """What a header says of the member after it: its path, its size."""
    if kind == _NAME:
        return {"path": _text(data[: LONGEST_NAME + 1])}
    found: dict[str, str] = {}
    while data:
        digits, _, _ = data.partition(b" ")
        length = _decimal(digits.decode("ascii", "replace"))
        if not len(digits) + 1 < length <= len(data):
            raise Refused("A tar archive with an unusual header")
        record, data = data[len(digits) + 1 : length], data[length:]
        key, equals, value = record.partition(b"=")
        if not equals or not value.endswith(b"\n") or key.startswith(b"GNU.sparse"):
            raise Refused("A tar archive with an unusual header")
        if key in (b"path", b"size") and kind == _EXTENDED:
            found[key.decode()] = _text(value[:-1])
        elif key in (b"path", b"size", b"linkpath"):
            raise Refused("A tar archive with an unusual header")
    return found


def _blocks(size: int) -> int:
    return -(-size // BLOCK) * BLOCK


def _read(stream: IO[bytes], size: int) -> bytes:
    data = stream.read(size)
    if len(data) < size:
        raise Unreadable("The tar archive is cut short.")
    return data


def _skip(stream: IO[bytes], size: int) -> None:
    while size:
        size -= len(_read(stream, min(size, CHUNK)))
