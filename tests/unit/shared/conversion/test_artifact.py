"""Taking a folder out of a sandbox: only plain, expected, harmless files come through."""

import json
import pickle
from pathlib import Path

import pytest

from shared.conversion import artifact
from shared.conversion.job import Converted
from shared.errors import ModelRefused
from shared.schemas.model import Column
from tests.support import conversion as files

CONVERTED = Converted(
    algorithm="Ridge", columns=[Column(name="x0", type="double")], example={"x0": 0.0}
)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "model.pkl").write_bytes(pickle.dumps({"a": 1}))
    describe(folder, [{"name": "x0", "type": "double"}])
    return folder


def describe(folder: Path, inputs: list[dict[str, str]]) -> None:
    described = {
        "flavors": {"sklearn": {"pickled_model": "model.pkl"}},
        "signature": {"inputs": json.dumps(inputs)},
    }
    (folder / "MLmodel").write_text(json.dumps(described))


def taken(source: Path) -> Path:
    into = source.parent / "taken"
    artifact.take(source, into, CONVERTED)
    return into


def test_takes_a_good_folder(source: Path) -> None:
    assert {path.name for path in taken(source).iterdir()} == {"MLmodel", "model.pkl"}


def test_refuses_a_link_to_a_file_of_the_apps(source: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("the key")
    (source / "conda.yaml").symlink_to(tmp_path / "secret")
    with pytest.raises(ModelRefused, match="unexpected file"):
        taken(source)


def test_refuses_files_that_mlflow_does_not_write(source: Path) -> None:
    (source / "loader.py").write_text("import os")
    with pytest.raises(ModelRefused, match="unexpected file"):
        taken(source)


def test_refuses_folders(source: Path) -> None:
    (source / "requirements.txt").mkdir()
    with pytest.raises(ModelRefused, match="unexpected file"):
        taken(source)


def test_scans_the_saved_model_again(source: Path) -> None:
    (source / "model.pkl").write_bytes(files.HANDMADE["os.system"])
    with pytest.raises(ModelRefused) as refusal:
        taken(source)
    assert refusal.value.code == "model_unsafe"


@pytest.mark.parametrize("text", ["", "flavors: {}", "a: [", "!!python/object/apply:os.getcwd []"])
def test_refuses_a_model_without_signature(source: Path, text: str) -> None:
    (source / "MLmodel").write_text(text)
    with pytest.raises(ModelRefused, match="no signature"):
        taken(source)


def test_refuses_a_signature_that_was_not_reported(source: Path) -> None:
    describe(source, [{"name": "x0", "type": "long"}])
    with pytest.raises(ModelRefused, match="another signature"):
        taken(source)
