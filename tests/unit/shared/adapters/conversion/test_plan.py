"""What is decided without loading anything: refusals, versions of models, environments."""

import pytest

from shared.adapters.conversion.plan import plan
from shared.domain.model import ConversionPlan, FileRefusal, TrainedModel, Verdict
from shared.errors.models import REFUSED_BY_SCAN_OR_SANDBOX, ModelRefused, model_refused


def verdict(libraries: dict[str, str] | None = None, sha256: str = "a") -> Verdict:
    libraries = {"scikit-learn": "1.9.1"} if libraries is None else libraries
    return Verdict(verdict="allowed", reasons=[], libraries=libraries, sha256=sha256)


def model(**metadata: object) -> TrainedModel:
    return TrainedModel(id="m", user_id="u", model_name="n", file_path="f", metadata=metadata)


def planned(given: Verdict | None = None, **metadata: object) -> ConversionPlan:
    return plan(given or verdict(), model(**metadata))


def test_the_version_is_legal_in_azure_ml_and_the_same_each_time() -> None:
    version = planned().version
    assert version == planned().version
    assert version.isalnum()
    assert 16 <= len(version) <= 20


def test_the_version_changes_with_the_file_its_library_and_its_columns() -> None:
    versions = {
        planned().version,
        planned(verdict(sha256="b")).version,
        planned(verdict({"scikit-learn": "1.8.0"})).version,
        planned(verdict({"scikit-learn": "1.9.1", "pandas": "2"})).version,
        planned(verdict({"scikit-learn": "1.9.1", "lightgbm": "unknown"})).version,
        planned(feature_names=["a", "b"]).version,
        planned(feature_names=["b", "a"]).version,
        planned(feature_names=["a,b"]).version,
    }
    assert len(versions) == 8


def test_the_plan_holds_what_the_conversion_needs() -> None:
    found = planned(feature_names=["a", "b"])
    assert found.sha256 == "a"
    assert found.libraries == {"scikit-learn": "1.9.1"}
    assert found.feature_names == ["a", "b"]
    assert planned().feature_names is None


def test_a_refused_file_is_refused_in_the_words_of_the_scan() -> None:
    told = FileRefusal(code="model_unsafe", message="The file calls os.system.", fix="Do not.")
    given = Verdict(
        verdict="refused",
        reasons=["os.system: it can do harm", "and 3 more"],
        libraries={},
        sha256="a",
        refusal=told,
    )
    with pytest.raises(ModelRefused) as refusal:
        planned(given)
    assert refusal.value.code == told.code
    assert refusal.value.message == told.message
    assert refusal.value.fix == told.fix
    assert refusal.value.detail == "os.system: it can do harm; and 3 more"


@pytest.mark.parametrize("version", ["1.0.2", "0.24.2", "2.7.0", "mine"])
def test_a_version_out_of_range_is_refused_before_the_file_is_loaded(version: str) -> None:
    with pytest.raises(ModelRefused) as refusal:
        planned(verdict({"scikit-learn": version}))
    assert refusal.value.code == "model_unsupported"
    assert version in refusal.value.message
    assert refusal.value.fix


@pytest.mark.parametrize("names", ["a,b", [1, 2], ["a", ""], {"a": 1}, 3])
def test_metadata_that_names_no_columns_is_refused(names: object) -> None:
    with pytest.raises(ModelRefused) as refusal:
        planned(feature_names=names)
    assert refusal.value.code == "model_feature_names_mismatch"
    assert "feature_names" in refusal.value.fix


@pytest.mark.parametrize("code", REFUSED_BY_SCAN_OR_SANDBOX)
def test_every_refusal_has_a_fix_of_its_own_unless_another_fits_better(code: str) -> None:
    assert model_refused(code, "m").fix == REFUSED_BY_SCAN_OR_SANDBOX[code].fix
    assert model_refused(code, "m", fix="another").fix == "another"


def test_a_code_that_nobody_knows_is_a_failed_conversion() -> None:
    assert model_refused("all_is_well", "m").code == "model_conversion_failed"
