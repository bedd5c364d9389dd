"""What comes out of a sandbox is checked as an enemy's work, and completed by the app."""

import json
from pathlib import Path
from typing import Any

import joblib
import pytest
from sklearn.linear_model import Ridge

from serving.description import Description
from serving.model_file.save import save_model
from shared.adapters.conversion import artifact
from shared.adapters.conversion.sandbox.report import Converted
from shared.errors.models import ModelRefused
from tests.support import conversion as files

DESCRIPTION: dict[str, Any] = {
    "format": 1,
    "columns": [
        {"name": "größe", "type": "double"},
        {"name": "when", "type": "datetime"},
        {"name": "note", "type": "any", "required": False},
    ],
    "input": "frame",
    "names": True,
    "example": {"größe": 0.5, "when": "2026-01-01T00:00:00", "note": None},
    "methods": ["predict"],
    "library": "scikit-learn",
}
PINS = ["numpy==2.4.6", "scikit-learn==1.9.1"]
MODEL = Ridge().fit([[0.0], [1.0]], [0.0, 1.0])


def told(description: object = DESCRIPTION) -> Converted:
    text = description if isinstance(description, str) else json.dumps(description)
    return Converted(algorithm="Ridge", description=text, outputs=["double"], notes=[])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """As a sandbox leaves it: with the model alone."""
    home = tmp_path / "model"
    home.mkdir()
    with (home / "model.pkl").open("wb") as file:
        save_model(MODEL, file)
    return home


def completed(folder: Path, version: str = "v", **outputs: list[str]) -> Path:
    described = artifact.check(folder, told())
    kinds = outputs.get("outputs", ["double"])
    artifact.complete(folder, described, outputs=kinds, requirements=PINS, version=version)
    return folder


def refusal_of(folder: Path, converted: Converted) -> ModelRefused:
    with pytest.raises(ModelRefused) as refusal:
        artifact.check(folder, converted)
    return refusal.value


def test_a_converted_model_is_described_as_it_was_told(folder: Path) -> None:
    described = artifact.check(folder, told())
    assert [column.name for column in described.columns] == ["größe", "when", "note"]
    assert described.example == DESCRIPTION["example"]


@pytest.mark.parametrize("case", ["os.system", "INST", "builtins.eval"])
def test_the_saved_model_is_scanned_again(folder: Path, case: str) -> None:
    (folder / "model.pkl").write_bytes(files.HANDMADE[case])
    assert refusal_of(folder, told()).code == "model_unsafe"


def test_a_good_model_in_another_form_is_refused(folder: Path) -> None:
    joblib.dump(MODEL, folder / "model.pkl")
    refusal = refusal_of(folder, told())
    assert refusal.code == "model_unsafe"
    assert "cannot be served" in refusal.message


@pytest.mark.parametrize("size", [0, 100, -1])
def test_a_model_that_is_cut_short_is_a_failed_conversion(folder: Path, size: int) -> None:
    data = (folder / "model.pkl").read_bytes()
    (folder / "model.pkl").write_bytes(data[:size])
    assert refusal_of(folder, told()).code == "model_conversion_failed"


def test_a_model_whose_array_is_joblibs_is_refused(folder: Path) -> None:
    """Its bytes would be opcodes to the endpoint's loader."""
    (folder / "model.pkl").write_bytes(files.OPCODES_IN_AN_ARRAY)
    assert refusal_of(folder, told()).code == "model_unsafe"


def test_data_after_the_model_is_refused(folder: Path) -> None:
    with (folder / "model.pkl").open("ab") as file:
        file.write(files.HANDMADE["os.system"])
    assert refusal_of(folder, told()).code in ("model_unsafe", "model_conversion_failed")


def without(key: str) -> dict[str, Any]:
    return {name: value for name, value in DESCRIPTION.items() if name != key}


@pytest.mark.parametrize(
    "description",
    [
        "",
        "[]",
        "{",
        "null",
        without("columns"),
        {**DESCRIPTION, "columns": []},
        {**DESCRIPTION, "columns": [{"name": "x", "type": "path"}]},
        {**DESCRIPTION, "columns": [{"name": 1, "type": "double"}]},
        {**DESCRIPTION, "input": "pickle"},
        {**DESCRIPTION, "methods": ["__init__("]},
        {**DESCRIPTION, "methods": []},
        {**DESCRIPTION, "example": {"größe": ["a list"]}},
        {**DESCRIPTION, "format": 2},
        {**DESCRIPTION, "loader": "os"},
    ],
)
def test_a_description_that_is_none_is_a_failed_conversion(
    folder: Path, description: object
) -> None:
    refusal = refusal_of(folder, told(description))
    assert (refusal.code, refusal.message) == (
        "model_conversion_failed",
        "The converted model has no description.",
    )


@pytest.mark.parametrize(
    "description",
    [
        {**DESCRIPTION, "columns": [{"name": "größe", "type": "double"}] * 2},
        {**DESCRIPTION, "example": {"another": 1.0}},
    ],
)
def test_columns_that_are_not_distinct_or_not_those_of_the_example_are_refused(
    folder: Path, description: object
) -> None:
    refusal = refusal_of(folder, told(description))
    assert refusal.code == "model_conversion_failed"
    assert "columns" in refusal.message


def test_the_endpoint_reads_the_description(folder: Path) -> None:
    read = Description.read(completed(folder))
    assert [(column.name, column.required) for column in read.columns] == [
        ("größe", True),
        ("when", True),
        ("note", False),
    ]
    assert read.example == DESCRIPTION["example"]


def test_mlflow_reads_the_folder(folder: Path) -> None:
    from mlflow.models import Model

    model = Model.load(str(completed(folder) / "MLmodel"))
    inputs = model.signature.inputs
    assert [str(kind) for kind in inputs.input_types()] == [
        "DataType.double",
        "DataType.datetime",
        "DataType.string",
    ]
    assert inputs.input_names() == ["größe", "when", "note"]
    assert inputs.required_input_names() == ["größe", "when"]
    assert model.signature.outputs.input_names() == ["prediction"]
    assert model.flavors["sklearn"]["sklearn_version"] == "1.9.1"
    assert model.flavors["python_function"]["model_path"] == "model.pkl"
    assert (folder / "requirements.txt").read_text().split() == PINS


def test_each_of_several_outputs_has_a_name(folder: Path) -> None:
    from mlflow.models import Model

    completed(folder, outputs=["double", "string"])
    outputs = Model.load(str(folder / "MLmodel")).signature.outputs
    assert outputs.input_names() == ["y0", "y1"]
    assert [kind.name for kind in outputs.input_types()] == ["double", "string"]


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_same_model_gives_the_same_bytes(folder: Path) -> None:
    first = contents(completed(folder))
    assert contents(completed(folder)) == first
    assert set(first) == {
        "MLmodel",
        "conda.yaml",
        "input_example.json",
        "model.pkl",
        "python_env.yaml",
        "requirements.txt",
        "serving.json",
    }


def test_another_version_has_another_identity(folder: Path) -> None:
    first = contents(completed(folder))["MLmodel"]
    assert contents(completed(folder, "w"))["MLmodel"] != first
