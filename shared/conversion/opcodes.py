"""Reads a pickle stream one opcode at a time, without keeping what is long."""

import pickletools
from io import BufferedReader

from shared.conversion.decompress import CHUNK, Unreadable
from shared.conversion.values import Opaque

LONGEST_TEXT = 256
"""Longer texts name nothing and are not kept."""
_DATA = Opaque("data")
_OPCODES = {opcode.code.encode("latin-1"): opcode for opcode in pickletools.opcodes}
_SIZED = {
    "SHORT_BINSTRING": 1,
    "BINSTRING": 4,
    "SHORT_BINBYTES": 1,
    "BINBYTES": 4,
    "BINBYTES8": 8,
    "BYTEARRAY8": 8,
    "BINUNICODE": 4,
    "BINUNICODE8": 8,
    "LONG4": 4,
}
"""Opcodes with a payload of any length, and the bytes of that length."""


class Opcodes:
    """The opcodes of one pickle on `stream`, from here. Unreadable where it is none."""

    def __init__(self, stream: BufferedReader) -> None:
        self.stream = stream
        self.position = 0

    def next(self) -> tuple[str, object]:
        """The opcode's name and its argument; Opaque where that is long or binary."""
        opcode = _OPCODES.get(self.read(1))
        if opcode is None:
            raise Unreadable("Not a joblib or pickle file.")
        try:
            if width := _SIZED.get(opcode.name):
                return opcode.name, self._sized(opcode.name, self.number(width))
            if opcode.arg is None:
                return opcode.name, None
            argument: object = opcode.arg.reader(self)  # type: ignore[arg-type]
        except Unreadable:
            raise
        except (ValueError, UnicodeError, OverflowError):
            raise Unreadable("Not a joblib or pickle file, or a damaged one.") from None
        if isinstance(argument, bytes | bytearray):
            argument = _DATA
        return opcode.name, argument

    def _sized(self, name: str, size: int) -> object:
        if name.startswith("BINUNICODE") and size <= LONGEST_TEXT:
            return self.read(size).decode("utf-8", "surrogatepass")
        self.skip(size)
        return _DATA

    def number(self, width: int) -> int:
        return int.from_bytes(self.read(width), "little")

    def read(self, size: int) -> bytes:
        """Also for pickletools' argument readers, as is readline."""
        data = self.stream.read(size)
        if len(data) < size:
            raise Unreadable("The file ends too early: it is cut short.")
        self.position += size
        return data

    def readline(self) -> bytes:
        line = self.stream.readline(CHUNK)
        self.position += len(line)
        return line

    def skip(self, size: int) -> None:
        while size:
            size -= len(self.read(min(size, CHUNK)))
