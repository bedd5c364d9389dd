"""What the converter decides without loading anything: refusals and versions."""

from pathlib import Path

import pytest

from shared.conversion.converter import SandboxedConverter
from shared.errors import ModelRefused
from shared.ports import ModelConverter
from shared.schemas.model import Serving, TrainedModel, Verdict, probe_payload

CONVERTER: ModelConverter = SandboxedConverter(timeout_seconds=10, memory_mb=1024)
FILE = Path("unused")


def verdict(word: str = "allowed", version: str | None = "1.9.1", sha256: str = "a") -> Verdict:
    libraries = {"scikit-learn": version} if version else {}
    reasons = [] if word == "allowed" else ["os.system: no scikit-learn model needs this name"]
    return Verdict(verdict=word, reasons=reasons, libraries=libraries, sha256=sha256)


def model(**metadata: object) -> TrainedModel:
    return TrainedModel(id="m", user_id="u", model_name="n", file_path="f", metadata=metadata)


def test_the_version_is_legal_in_azure_ml_and_the_same_each_time() -> None:
    version = CONVERTER.plan(FILE, verdict(), model=model())
    assert version == CONVERTER.plan(FILE, verdict(), model=model())
    assert version.isalnum()
    assert 16 <= len(version) <= 20


def test_the_version_changes_with_the_file_its_library_and_its_columns() -> None:
    versions = {
        CONVERTER.plan(FILE, verdict(), model=model()),
        CONVERTER.plan(FILE, verdict(sha256="b"), model=model()),
        CONVERTER.plan(FILE, verdict(version="1.8.0"), model=model()),
        CONVERTER.plan(FILE, verdict(), model=model(feature_names=["a", "b"])),
        CONVERTER.plan(FILE, verdict(), model=model(feature_names=["b", "a"])),
    }
    assert len(versions) == 5


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (verdict("refused"), "model_unsafe"),
        (verdict("unreadable"), "model_unreadable"),
        (verdict(version=None), "model_unsupported"),
        (verdict(version="1.0.2"), "model_unsupported"),
        (verdict(version="1.5.2, 1.9.1"), "model_unsupported"),
        (
            Verdict(verdict="refused", reasons=["x"], libraries={"XGBoost": "?"}, sha256="a"),
            "model_unsupported",
        ),
    ],
)
def test_a_file_that_cannot_be_served_is_refused_before_it_is_loaded(
    given: Verdict, code: str
) -> None:
    with pytest.raises(ModelRefused) as refusal:
        CONVERTER.plan(FILE, given, model=model())
    assert refusal.value.code == code
    assert refusal.value.fix


@pytest.mark.parametrize("names", ["a,b", [1, 2], ["a", ""], {"a": 1}])
def test_metadata_that_names_no_columns_is_refused(names: object) -> None:
    with pytest.raises(ModelRefused) as refusal:
        CONVERTER.plan(FILE, verdict(), model=model(feature_names=names))
    assert refusal.value.code == "model_feature_names_mismatch"


def test_the_probe_is_one_record_of_the_example() -> None:
    serving = Serving(
        sha256="a",
        version="v",
        algorithm="Ridge",
        columns=[],
        example={"x": 1.0},
        requirements=[],
        environment_name="e",
    )
    assert probe_payload(serving.example) == {"data": [{"x": 1.0}]}
