"""Packages of our own making, which uv and pip install from a folder as from an index."""

import base64
import hashlib
import zipfile
from pathlib import Path

import pytest


def _digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")


def _wheel(folder: Path, name: str, version: str, kilobytes: int) -> None:
    info = f"{name}-{version}.dist-info"
    files = {
        f"{name}.py": f"version = {version!r}\n".encode(),
        f"{name}_data.bin": hashlib.shake_128(name.encode()).digest(kilobytes << 10),
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = f"{info}/RECORD"
    lines = [f"{path},sha256={_digest(data)},{len(data)}" for path, data in files.items()]
    files[record] = "\n".join([*lines, f"{record},,", ""]).encode()
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as archive:
        for path, data in files.items():
            archive.writestr(path, data)


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only place from where packages come: first, second, third (3 MB each), big (30 MB)."""
    folder = tmp_path / "index"
    folder.mkdir()
    for name in ("first", "second", "third"):
        _wheel(folder, name, "1.0", 3 << 10)
    _wheel(folder, "big", "1.0", 30 << 10)
    monkeypatch.delenv("UV_CACHE_DIR", raising=False)
    for tool in ("UV", "PIP"):
        monkeypatch.setenv(f"{tool}_NO_INDEX", "1")
        monkeypatch.setenv(f"{tool}_FIND_LINKS", str(folder))
    return folder
