"""Takes out of an environment what no conversion reads: tests, sources, debug information, programs
for graphics cards."""

import os
import shutil
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

_TESTED = ("category_encoders", "imblearn", "numpy", "pandas", "scipy", "sklearn", "statsmodels")
"""Packages that bring their tests."""
_IMPORTED = frozenset(("__init__.py", "_natype.py"))
"""What numpy's own modules import of its tests."""
_NO_MODEL_NEEDS = ("catboost/hnsw", "numpy/*core/_simd.*.so")
"""CatBoost's search for neighbours, and what only numpy's tests load."""
_FOR_NOTEBOOKS = ("etc", "share")
"""Folders with extensions of notebooks: beside the packages, or of pip among them."""
_SOURCES = frozenset(
    (".a", ".c", ".cc", ".cpp", ".f", ".f90", ".h", ".hpp", ".pxd", ".pxi", ".pyi", ".pyx", ".tp")
)
"""Endings of what compilers and type checkers read."""
_ELF = b"\x7fELF\x02\x01"
"""How libraries of 64 bits, least byte first, begin."""
_FOR_GRAPHICS_CARDS = b".nv_fatbin"
"""The section with programs for graphics cards, which a sandbox has none of: 214 of the 263 MB of
CatBoost's library, read by nothing but the driver of such a card."""
_BLOCK = 4096
_PIECE = 1 << 20
_Part = tuple[int, int]
"""Where it starts in the file, and where what follows starts."""


def slim(environment: Path) -> None:
    """Make an environment smaller without changing what can be imported and run from it."""
    packages = next((environment / "lib").glob("python*/site-packages"))
    for beside in (environment, packages):
        for name in _FOR_NOTEBOOKS:
            shutil.rmtree(beside / name, ignore_errors=True)
    for pattern in _NO_MODEL_NEEDS:
        for path in packages.glob(pattern):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    for parent, _, files in os.walk(packages):
        package, *inside = (*Path(parent).relative_to(packages).parts, "")
        in_tests = package in _TESTED and "tests" in inside
        for name in files:
            path = Path(parent, name)
            if path.suffix in _SOURCES or (in_tests and name not in _IMPORTED):
                path.unlink()
            elif ".so" in path.suffixes and not path.is_symlink():
                hollow(path)


def hollow(library: Path) -> None:
    """Replace what nothing reads of a shared library by holes.

    That is what the loader never maps, such as symbols, and what is meant for a graphics card.
    Offsets stay as they are; holes take no disk. Some releases of scikit-learn are for the most
    part debug information. The file is made anew: the old one may be shared with a cache.
    """
    size = library.stat().st_size
    with library.open("rb") as file:
        kept = _needed(file, size)
        if size - sum(end - start for start, end in kept) < _BLOCK:
            return
        fresh = library.with_name(f"{library.name}.new")
        with fresh.open("wb") as out:
            for start, end in kept:
                file.seek(start)
                out.seek(start)
                while (rest := end - file.tell()) > 0 and (piece := file.read(min(rest, _PIECE))):
                    out.write(piece)
            out.truncate(size)
    shutil.copymode(library, fresh)
    fresh.replace(library)


def _needed(file: BinaryIO, size: int) -> list[_Part]:
    """The parts, in whole blocks, that somebody reads; all of what is no such library."""
    header = file.read(64)
    if not header.startswith(_ELF) or len(header) < 64:
        return [(0, size)]
    mapped, programs = list(_mapped(file, size, header)), _programs(file, header)
    if programs is None:
        return mapped
    first, last = programs
    around = [((start, min(end, first)), (max(start, last), end)) for start, end in mapped]
    return [(start, end) for pair in around for start, end in pair if start < end]


def _mapped(file: BinaryIO, size: int, header: bytes) -> Iterator[_Part]:
    """What the loader maps or reads, by the table of segments."""
    (table,) = struct.unpack_from("<Q", header, 32)
    entry, count = struct.unpack_from("<HH", header, 54)
    segments = _read(file, table, entry * count)
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


def _programs(file: BinaryIO, header: bytes) -> _Part | None:
    """The whole blocks inside the section for graphics cards, by the table of sections."""
    (table,) = struct.unpack_from("<Q", header, 40)
    entry, count, of_names = struct.unpack_from("<3H", header, 58)
    listed = _read(file, table, entry * count)
    if of_names >= count or len(listed) < entry * count:
        return None
    sections = [struct.unpack_from("<I20x2Q", listed, number * entry) for number in range(count)]
    names = _read(file, *sections[of_names][1:])
    for name, start, length in sections:
        if names[name : names.find(b"\0", name)] == _FOR_GRAPHICS_CARDS:
            first, last = -(-start // _BLOCK) * _BLOCK, (start + length) // _BLOCK * _BLOCK
            return (first, last) if first < last else None
    return None


def _read(file: BinaryIO, start: int, length: int) -> bytes:
    file.seek(start)
    return file.read(length)
