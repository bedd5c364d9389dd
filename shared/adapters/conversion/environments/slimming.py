"""Takes out of an environment what no conversion reads: tests, sources, debug information."""

import os
import shutil
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

_TESTED = ("category_encoders", "imblearn", "pandas", "scipy", "sklearn", "statsmodels")
"""Packages of which no module imports their tests; numpy is none of them."""
_SOURCES = frozenset(
    (".a", ".c", ".cc", ".cpp", ".f", ".f90", ".h", ".hpp", ".pxd", ".pxi", ".pyi", ".pyx", ".tp")
)
"""Endings of what compilers and type checkers read."""
_ELF = b"\x7fELF\x02\x01"
"""How libraries of 64 bits, least byte first, begin."""
_BLOCK = 4096
_PIECE = 1 << 20


def slim(packages: Path) -> None:
    """Make the folder of packages smaller without changing what can be imported and run from it."""
    for name in _TESTED:
        for folder in sorted((packages / name).rglob("tests")):
            shutil.rmtree(folder, ignore_errors=True)
    for parent, _, files in os.walk(packages):
        for name in files:
            path = Path(parent, name)
            if path.suffix in _SOURCES:
                path.unlink()
            elif ".so" in path.suffixes and not path.is_symlink():
                hollow(path)


def hollow(library: Path) -> None:
    """Replace what the loader never maps of a shared library, such as symbols, by holes.

    Offsets stay as they are; holes take no disk. Some releases of scikit-learn are for the most
    part debug information. The file is made anew: the old one may be shared with a cache.
    """
    size = library.stat().st_size
    with library.open("rb") as file:
        mapped = list(_mapped(file, size))
        if size - sum(end - start for start, end in mapped) < _BLOCK:
            return
        fresh = library.with_name(f"{library.name}.new")
        with fresh.open("wb") as out:
            for start, end in mapped:
                file.seek(start)
                out.seek(start)
                while (rest := end - file.tell()) > 0 and (piece := file.read(min(rest, _PIECE))):
                    out.write(piece)
            out.truncate(size)
    shutil.copymode(library, fresh)
    fresh.replace(library)


def _mapped(file: BinaryIO, size: int) -> Iterator[tuple[int, int]]:
    """The parts, in whole blocks, that the loader maps or reads; all of what is no such library."""
    header = file.read(64)
    if not header.startswith(_ELF) or len(header) < 64:
        yield 0, size
        return
    (table,) = struct.unpack_from("<Q", header, 32)
    entry, count = struct.unpack_from("<HH", header, 54)
    file.seek(table)
    segments = file.read(entry * count)
    parts = [(0, 64), (table, len(segments))]
    for number in range(count):
        start, _, _, length = struct.unpack_from("<4Q", segments, number * entry + 8)
        parts.append((start, length))
    done = 0
    for start, length in sorted(parts):
        first = max(done, start // _BLOCK * _BLOCK)
        done = max(done, min(size, -(-(start + length) // _BLOCK) * _BLOCK))
        if first < done:
            yield first, done
