"""One suite, two implementations of ModelConverter: a copier of files, and the real sandbox."""

import hashlib
import os
import pickle
from pathlib import Path
from typing import Any

import joblib
import pytest
from sklearn.linear_model import LogisticRegression

from shared.domain.model import ServingRecipe
from shared.errors.models import ModelRefused
from shared.ports.models import ModelConverter
from tests.contract.conversion.conftest import trained
from tests.support.model_converter_fake import ModelConverterFake
from tests.support.phases import RECIPE

pytestmark = [pytest.mark.contract, pytest.mark.timeout(600)]


class Evil:
    def __reduce__(self) -> Any:
        return os.system, ("true",)


@pytest.fixture(params=["fake", "sandbox"])
def port(request: pytest.FixtureRequest) -> ModelConverter:
    if request.param == "fake":
        return ModelConverterFake(RECIPE)
    found: ModelConverter = request.getfixturevalue("converter")
    return found


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of an honest model."""
    file = tmp_path_factory.mktemp("honest") / "model.joblib"
    joblib.dump(LogisticRegression().fit([[0.0], [1.0]], ["no", "yes"]), file)
    return file


def test_an_honest_file_becomes_a_folder_with_its_recipe(
    port: ModelConverter, model: Path, tmp_path: Path
) -> None:
    verdict = port.scan(model)
    sha256 = hashlib.sha256(model.read_bytes()).hexdigest()
    assert (verdict.verdict, verdict.sha256, verdict.refusal) == ("allowed", sha256, None)
    plan = port.plan(verdict, model=trained())
    recipe: ServingRecipe = port.convert(model, tmp_path / "folder", plan)
    assert (recipe.sha256, recipe.version) == (sha256, plan.version)
    assert (tmp_path / "folder" / "MLmodel").is_file()


def test_a_version_is_of_the_content_and_of_the_names_that_its_owner_gives(
    port: ModelConverter, model: Path
) -> None:
    verdict = port.scan(model)
    plain = port.plan(verdict, model=trained())
    named = port.plan(verdict, model=trained({"feature_names": ["a", "b"]}))
    assert plain == port.plan(port.scan(model), model=trained({"other": 1}))
    assert (plain.feature_names, named.feature_names) == (None, ["a", "b"])
    assert named.version != plain.version
    with pytest.raises(ModelRefused) as refused:
        port.plan(verdict, model=trained({"feature_names": "a"}))
    assert refused.value.code == "model_feature_names_mismatch"


def test_a_file_that_would_run_something_is_refused_before_anything_is_planned(
    port: ModelConverter, tmp_path: Path
) -> None:
    (tmp_path / "evil").write_bytes(pickle.dumps(Evil()))
    verdict = port.scan(tmp_path / "evil")
    assert (verdict.verdict, bool(verdict.reasons)) == ("refused", True)
    assert verdict.refusal is not None
    with pytest.raises(ModelRefused) as refused:
        port.plan(verdict, model=trained())
    assert refused.value.code == verdict.refusal.code == "model_unsafe"


def test_the_rules_have_a_release(port: ModelConverter) -> None:
    assert port.scanner == port.scanner != ""
