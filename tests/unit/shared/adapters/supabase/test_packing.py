"""A folder as one file: the same folder gives the same bytes, and nothing comes out elsewhere."""

import io
import os
import tarfile
from pathlib import Path

import pytest

from shared.adapters.supabase.files import pack, unpack


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "folder"
    (folder / "code").mkdir(parents=True)
    (folder / "MLmodel").write_text("flavors: {}")
    (folder / "code" / "a.py").write_text("a = 1")
    return folder


def test_what_was_packed_comes_out_again(folder: Path, tmp_path: Path) -> None:
    unpack(pack(folder, tmp_path / "packed"), tmp_path / "out")
    assert (tmp_path / "out" / "MLmodel").read_text() == "flavors: {}"
    assert (tmp_path / "out" / "code" / "a.py").read_text() == "a = 1"


def test_equal_folders_give_equal_bytes(folder: Path, tmp_path: Path) -> None:
    first = pack(folder, tmp_path / "first").read_bytes()
    os.utime(folder / "MLmodel", (1, 1))
    assert pack(folder, tmp_path / "second").read_bytes() == first


def test_nothing_is_written_outside_the_folder(tmp_path: Path) -> None:
    packed = tmp_path / "packed"
    with tarfile.open(packed, "w:gz") as archive:
        archive.addfile(tarfile.TarInfo("../escaped"), io.BytesIO())
    with pytest.raises(tarfile.OutsideDestinationError):
        unpack(packed, tmp_path / "out")
    assert not (tmp_path / "escaped").exists()
