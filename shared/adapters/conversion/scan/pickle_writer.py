"""Writes pickle opcodes: what other formats hold is handed to the one reader as a pickle."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Protocol

from serving.model_file.findings import Refused
from shared.adapters.conversion.scan.decompress import CHUNK
from shared.adapters.conversion.scan.streams import Part

HEADER = b"\x80\x04"
LONGEST_NAME = 255


class Opens(Protocol):
    """Opens a member of an archive."""

    def open(self, name: str) -> IO[bytes]: ...


@dataclass(frozen=True)
class _FromMember:
    """`size` bytes of a member, after the first `skip`."""

    archive: Opens
    name: str
    skip: int
    size: int

    def chunks(self) -> Iterator[bytes]:
        with self.archive.open(self.name) as stream:
            stream.read(self.skip)
            part = Part(stream, self.size)
            while data := part.read(CHUNK):
                yield data


class PickleWriter:
    """One pickle, put together in order. What members hold is read only when it is written out."""

    def __init__(self) -> None:
        self._parts: list[bytearray | _FromMember] = [bytearray(HEADER)]
        self._memo = 0

    def pieces(self) -> Iterator[bytes]:
        """The whole pickle."""
        for part in self._parts:
            if isinstance(part, _FromMember):
                yield from part.chunks()
            elif part:
                yield bytes(part)
        yield b"."

    def opcodes(self, data: bytes) -> None:
        part = self._parts[-1]
        if isinstance(part, _FromMember):
            self._parts.append(part := bytearray())
        part += data

    def memoize(self) -> int:
        """The number by which the object on top of the stack can be recalled."""
        self.opcodes(b"\x94")
        self._memo += 1
        return self._memo - 1

    def recall(self, number: int) -> None:
        self.opcodes(b"j" + struct.pack("<I", number))

    def constant(self, value: object) -> None:
        """None, a truth value, a number, a text, or tuples of these."""
        if value is None:
            self.opcodes(b"N")
        elif isinstance(value, bool):
            self.opcodes(b"\x88" if value else b"\x89")
        elif isinstance(value, int):
            self._integer(value)
        elif isinstance(value, float):
            self.opcodes(b"G" + struct.pack(">d", value))
        elif isinstance(value, str):
            data = value.encode("utf-8", "surrogatepass")
            self.opcodes(b"X" + struct.pack("<I", len(data)) + data)
        elif isinstance(value, tuple):
            self.opcodes(b"(")
            for item in value:
                self.constant(item)
            self.opcodes(b"t")
        else:
            raise Refused("A value of an unusual kind")

    def _integer(self, value: int) -> None:
        size = value.bit_length() // 8 + 1
        if size > LONGEST_NAME:
            raise Refused(f"A number of {size} bytes")
        self.opcodes(b"\x8a" + bytes((size,)) + value.to_bytes(size, "little", signed=True))

    def binary(self, data: bytes) -> None:
        self.opcodes(b"B" + struct.pack("<I", len(data)) + data)

    def member(self, opcode: bytes, archive: Opens, name: str, skip: int, size: int) -> None:
        """Bytes of an archive's member, as `opcode` (BINBYTES8 or BYTEARRAY8)."""
        self.opcodes(opcode + struct.pack("<Q", size))
        self._parts.append(_FromMember(archive, name, skip, size))

    def name(self, module: object, name: object) -> None:
        """A module's attribute."""
        for text in (module, name):
            if not isinstance(text, str) or not 0 < len(data := text.encode()) <= LONGEST_NAME:
                raise Refused("A name that is no name")
            self.opcodes(b"\x8c" + bytes((len(data),)) + data)
        self.opcodes(b"\x93")
