"""An environment becomes smaller, and everything in it still runs."""

import shutil
import struct
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path

import pytest

from shared.adapters.conversion.environments.cache import megabytes
from shared.adapters.conversion.environments.slimming import hollow, slim

SUFFIX = f".cpython-{sys.version_info.major}{sys.version_info.minor}-x86_64-linux-gnu.so"
PADDING = bytes(range(256)) * (1 << 14)


def installed(name: str) -> Path:
    return Path(str(distribution(name).locate_file(name)))


def run(packages: Path, code: str) -> str:
    command = [sys.executable, "-I", "-S", "-B", "-c", f"import sys; sys.path[0]={str(packages)!r}"]
    command[-1] += f"\n{code}"
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def on_disk(path: Path) -> int:
    return path.stat().st_blocks * 512


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    """numpy as it is installed, with the libraries beside it."""
    home = tmp_path / "lib" / "python3" / "site-packages"
    numpy = installed("numpy")
    for folder in (numpy, numpy.with_name("numpy.libs")):
        shutil.copytree(folder, home / folder.name)
    return home


def test_what_was_slimmed_is_smaller_and_runs(packages: Path, tmp_path: Path) -> None:
    extension = tmp_path / "share" / "jupyter" / "extension.js"
    extension.parent.mkdir(parents=True)
    extension.write_text("notebook")
    before = megabytes(packages)
    slim(tmp_path)
    assert megabytes(packages) < before
    assert not extension.exists()
    assert not list(packages.rglob("*.pyi")) + list(packages.rglob("*.h"))
    assert not list(packages.rglob("test_*.py")) + list(packages.rglob("_simd*.so"))
    code = "import numpy as np; print(np.linalg.solve([[2.0, 0], [0, 4]], [1, 1]).tolist())"
    assert run(packages, f"import numpy.testing\n{code}") == "[0.5, 0.25]"


def test_what_is_never_mapped_of_a_library_takes_no_disk(packages: Path) -> None:
    library = next(packages.rglob(f"_multiarray_umath{SUFFIX}"))
    with library.open("ab") as file:
        file.write(PADDING)
    size, before, mode = library.stat().st_size, on_disk(library), library.stat().st_mode
    hollow(library)
    assert library.stat().st_size == size
    assert library.stat().st_mode == mode
    assert on_disk(library) <= before - len(PADDING)
    assert run(packages, "import numpy; print(numpy.arange(3).sum())") == "3"


def test_a_file_that_a_cache_shares_is_left_alone(packages: Path, tmp_path: Path) -> None:
    library = next(packages.rglob(f"_multiarray_umath{SUFFIX}"))
    with library.open("ab") as file:
        file.write(PADDING)
    shared = tmp_path / "cached"
    shared.hardlink_to(library)
    content = shared.read_bytes()
    hollow(library)
    assert shared.read_bytes() == content


def library_with(section: bytes, *, names_in: int = 1) -> tuple[bytes, int, int]:
    """A library that is mapped whole, and where in it the 64 KiB of its one section lie."""
    names, start, length = b"\0" + section + b"\0", 5000, 1 << 16
    at_names = start + length
    sections = at_names + len(names)
    header = b"\x7fELF\x02\x01".ljust(32, b"\0") + struct.pack("<QQI", 64, sections, 0)
    header += struct.pack("<6H", 64, 56, 1, 64, 2, names_in)
    whole = sections + 2 * 64
    segment = struct.pack("<II6Q", 1, 5, 0, 0, 0, whole, whole, 4096)
    filled = (header + segment).ljust(start, b"\1") + b"\2" * length + names
    row = "<II4Q24x"
    return (
        filled
        + struct.pack(row, 1, 1, 0, 0, start, length)
        + struct.pack(row, 0, 3, 0, 0, at_names, len(names)),
        start,
        start + length,
    )


def test_programs_for_a_graphics_card_take_no_disk(tmp_path: Path) -> None:
    content, start, end = library_with(b".nv_fatbin")
    library = tmp_path / "with_kernels.so"
    library.write_bytes(content)
    before = on_disk(library)
    hollow(library)
    left = library.read_bytes()
    first, last = -(-start // 4096) * 4096, end // 4096 * 4096
    assert left == content[:first] + bytes(last - first) + content[last:]
    assert on_disk(library) <= before - (last - first)


@pytest.mark.parametrize(
    "content", [library_with(b".rodata"), library_with(b".nv_fatbin", names_in=9)]
)
def test_other_sections_stay(tmp_path: Path, content: tuple[bytes, int, int]) -> None:
    library = tmp_path / "without_kernels.so"
    library.write_bytes(content[0])
    hollow(library)
    assert library.read_bytes() == content[0]


@pytest.mark.parametrize(
    "content", [b"", b"INPUT(-lm)\n", b"\x7fELF\x02\x01", b"\x7fELF\x01\x01" * 9]
)
def test_what_is_no_library_stays_as_it_is(tmp_path: Path, content: bytes) -> None:
    library = tmp_path / "odd.so"
    library.write_bytes(content)
    hollow(library)
    assert library.read_bytes() == content
