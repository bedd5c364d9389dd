"""Arrays in numpy's own file format, written as the pickle that numpy would write of them.

Elements are numbers, texts, times and records of these; objects are refused.
"""

import ast
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO

from serving.model_file.findings import Refused, Unreadable
from shared.adapters.conversion.scan.decompress import MAX_UNPACKED_BYTES
from shared.adapters.conversion.scan.pickle_writer import Opens, PickleWriter

MAX_HEADER = 16 << 10
MAX_DIMENSIONS = 32
CORE = "numpy.core.multiarray"
"""The module's name in numpy 1, which numpy 2 knows as well."""
_PLAIN = re.compile(r"([<>|=]?)(b1|\?|[iu][1248]|f(?:2|4|8|16)|c(?:8|16|32))")
_TEXT = re.compile(r"([<>|=]?)([SUV])(\d{1,7})")
_TIME = re.compile(r"([<>]?)([mM]8)(?:\[(\d{0,9})(\w{1,2})\])?")
_RECORD_FLAGS = 16


@dataclass(frozen=True)
class Dtype:
    """What numpy pickles of a dtype: its code, its state, the bytes of one element."""

    code: str
    order: str
    item_bytes: int
    fields: Mapping[str, tuple["Dtype", int]] | None = None
    unit: tuple[str, int] | None = None

    def write(self, writer: PickleWriter) -> None:
        writer.name("numpy", "dtype")
        writer.constant((self.code, False, True))
        writer.opcodes(b"R(")
        flexible = self.code[0] in "SUV"
        writer.constant(3 if self.unit is None else 4)
        writer.constant(self.order)
        writer.opcodes(b"N")
        self._write_fields(writer)
        writer.constant(self.item_bytes if flexible else -1)
        writer.constant((4 if self.code[0] == "U" else 1) if flexible else -1)
        writer.constant(_flags(self))
        if self.unit is not None:
            writer.opcodes(b"N(")
            writer.binary(self.unit[0].encode())
            for number in (self.unit[1], 1, 1):
                writer.constant(number)
            writer.opcodes(b"t\x86")
        writer.opcodes(b"tb")

    def _write_fields(self, writer: PickleWriter) -> None:
        if self.fields is None:
            writer.opcodes(b"NN")
            return
        writer.constant(tuple(self.fields))
        writer.opcodes(b"}(")
        for name, (kind, offset) in self.fields.items():
            writer.constant(name)
            kind.write(writer)
            writer.constant(offset)
            writer.opcodes(b"\x86")
        writer.opcodes(b"u")


OBJECT = Dtype("O8", "|", 8)


def _flags(dtype: Dtype) -> int:
    if dtype.code == OBJECT.code:
        return 63
    if dtype.fields is not None:
        return _RECORD_FLAGS
    return 8 if dtype.code[0] == "U" else 0


@dataclass(frozen=True)
class Npy:
    """The header of an array's file."""

    dtype: Dtype
    shape: tuple[int, ...]
    fortran: bool
    data_at: int

    @property
    def data_bytes(self) -> int:
        return math.prod(self.shape) * self.dtype.item_bytes

    def write(self, writer: PickleWriter, archive: Opens, name: str, owner: str) -> int:
        """The array, of numpy's class `owner`. Returns its number in the memo."""
        number = begin_array(writer, owner, self.dtype, self.shape, fortran=self.fortran)
        writer.member(b"\x8e", archive, name, self.data_at, self.data_bytes)
        writer.opcodes(b"tb")
        return number

    def write_scalar(self, writer: PickleWriter, archive: Opens, name: str) -> None:
        """The only element."""
        if math.prod(self.shape) != 1:
            raise Refused("A single value that is an array")
        writer.name(CORE, "scalar")
        self.dtype.write(writer)
        writer.member(b"\x8e", archive, name, self.data_at, self.data_bytes)
        writer.opcodes(b"\x86R")


def begin_array(
    writer: PickleWriter, owner: str, dtype: Dtype, shape: tuple[int, ...], *, fortran: bool
) -> int:
    """All of an array but its elements, which have to follow, and then the end of its state."""
    writer.name(CORE, "_reconstruct")
    writer.name("numpy", owner)
    writer.constant((0,))
    writer.binary(b"b")
    writer.opcodes(b"\x87R")
    number = writer.memoize()
    writer.opcodes(b"(")
    writer.constant(1)
    writer.constant(shape)
    dtype.write(writer)
    writer.constant(fortran)
    return number


def read_npy(archive: Opens, name: str, size: int) -> Npy:
    """The header of the member `name` of `size` bytes. Refused or Unreadable."""
    with archive.open(name) as stream:
        found = _header(stream)
    if found.data_at + found.data_bytes != size:
        raise Unreadable("An array in the file is longer or shorter than its header says.")
    return found


def _header(stream: IO[bytes]) -> Npy:
    magic = stream.read(8)
    width = {b"\x93NUMPY\x01\x00": 2, b"\x93NUMPY\x02\x00": 4, b"\x93NUMPY\x03\x00": 4}.get(magic)
    if width is None:
        raise Unreadable("An array in the file is damaged.")
    size = int.from_bytes(stream.read(width), "little")
    if size > MAX_HEADER:
        raise Refused("An array with a header of unusual length")
    try:
        told = ast.literal_eval(stream.read(size).decode("utf-8").strip())
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        raise Unreadable("An array in the file is damaged.") from None
    if not isinstance(told, dict) or told.keys() != {"descr", "fortran_order", "shape"}:
        raise Refused("An array with an unusual header")
    shape, fortran = told["shape"], told["fortran_order"]
    if type(fortran) is not bool or not is_shape(shape):
        raise Refused("An array of an unusual shape")
    return Npy(_dtype(told["descr"]), shape, fortran, 8 + width + size)


def is_shape(shape: object) -> bool:
    """A few lengths of a size that can be."""
    return (
        isinstance(shape, tuple)
        and len(shape) <= MAX_DIMENSIONS
        and all(type(n) is int and 0 <= n <= MAX_UNPACKED_BYTES for n in shape)
        and math.prod(shape) <= MAX_UNPACKED_BYTES
    )


def _dtype(description: object) -> Dtype:
    if isinstance(description, list):
        return _record(description)
    if not isinstance(description, str):
        raise Refused("An array of an unusual dtype")
    if plain := _PLAIN.fullmatch(description):
        order, code = plain[1], "b1" if plain[2] == "?" else plain[2]
        return Dtype(code, _order(order, code[1:] == "1"), int(code[1:]))
    if text := _TEXT.fullmatch(description):
        size = int(text[3]) * (4 if text[2] == "U" else 1)
        return Dtype(f"{text[2]}{int(text[3])}", _order(text[1], text[2] != "U"), size)
    if time := _TIME.fullmatch(description):
        unit = (time[4] or "generic", int(time[3] or 1))
        return Dtype(time[2], _order(time[1], False), 8, unit=unit)
    raise Refused(f"An array of dtype {description[:40]!r}")


def _order(order: str, single: bool) -> str:
    """The order of an element's bytes; "|" where there is none."""
    if single:
        return "|"
    return order if order in ("<", ">") else "<"


def _record(description: list[object]) -> Dtype:
    """Fields side by side; those without a name are padding."""
    fields: dict[str, tuple[Dtype, int]] = {}
    end = 0
    for entry in description:
        if not (isinstance(entry, tuple) and len(entry) == 2 and type(entry[0]) is str):
            raise Refused("An array of records with unusual fields")
        kind = _dtype(entry[1])
        if kind.fields is not None or entry[0] in fields:
            raise Refused("An array of records with unusual fields")
        if entry[0]:
            fields[entry[0]] = (kind, end)
        end += kind.item_bytes
    return Dtype(f"V{end}", "|", end, fields=fields)
