"""The child's bytecode is kept where nobody else can write."""

import os
import tempfile
from pathlib import Path

import pytest

from shared.adapters.conversion.scan import bytecode
from shared.adapters.conversion.scan.child import scan


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path / f"slipway-bytecode-{os.geteuid()}"


def test_a_scan_leaves_the_bytecode_that_the_next_one_reads(
    elsewhere: Path, tmp_path: Path
) -> None:
    (tmp_path / "model.joblib").write_bytes(b"\x80\x04N.")
    scan(tmp_path / "model.joblib")
    kept = {path: path.stat().st_mtime_ns for path in elsewhere.rglob("*.pyc")}
    scan(tmp_path / "model.joblib")
    assert any(path.name.startswith("reading.") for path in kept)
    assert {path: path.stat().st_mtime_ns for path in elsewhere.rglob("*.pyc")} == kept
    assert elsewhere.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_others_can_write_to_is_not_used(elsewhere: Path) -> None:
    elsewhere.mkdir()
    elsewhere.chmod(0o777)
    assert bytecode.folder() is None


def test_a_link_to_another_folder_is_not_used(elsewhere: Path, tmp_path: Path) -> None:
    elsewhere.symlink_to(tmp_path)
    assert bytecode.folder() is None


def test_where_no_file_can_be_made_none_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nowhere() -> str:
        raise FileNotFoundError("No usable temporary directory found")

    monkeypatch.setattr(tempfile, "gettempdir", nowhere)
    (tmp_path / "model.joblib").write_bytes(b"\x80\x04N.")
    assert scan(tmp_path / "model.joblib").sha256
