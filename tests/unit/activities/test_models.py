"""The phases of the model: kept under its owner and content, converted once, registered by hash."""

from pathlib import Path

import pytest

from shared.domain.model import ConversionPlan, ServingRecipe, TrainedModel, Verdict
from shared.errors.models import ArtifactMissing
from shared.wire.phases import PrepareModel, RegisterModel
from tests.support.phases import RECIPE, PhaseWorld
from tests.support.records import ADA, MODEL_ID
from tests.support.services import settings_of

VERSION = "0123456789abcdef"
UPLOADED = b"model" * 1024


class FilesFake:
    """Uploaded models and converted ones, by key."""

    def __init__(self) -> None:
        self.kept: dict[str, ServingRecipe] = {}

    def download_model(self, file_path: str, to: Path, *, max_bytes: int) -> int:
        assert (file_path, max_bytes) == (f"{ADA}/m", 7 << 20)
        to.write_bytes(UPLOADED)
        return len(UPLOADED)

    def find_artifact(self, key: str) -> ServingRecipe | None:
        return self.kept.get(key)

    def keep_artifact(self, key: str, folder: Path, serving: ServingRecipe) -> None:
        assert (folder / "converted").read_bytes() == UPLOADED
        self.kept[key] = serving

    def fetch_artifact(self, key: str, into: Path) -> None:
        if key not in self.kept:
            raise ArtifactMissing(key)
        into.mkdir()


class ConverterFake:
    """Judges and converts the file that was uploaded, for the model whose it is."""

    def __init__(self) -> None:
        self.converted = 0
        self.verdict = Verdict(verdict="allowed", reasons=[], libraries={}, sha256="0" * 64)
        self.made = ConversionPlan.model_construct(version=VERSION)

    def scan(self, file: Path) -> Verdict:
        assert file.read_bytes() == UPLOADED
        return self.verdict

    def plan(self, verdict: Verdict, *, model: TrainedModel) -> ConversionPlan:
        assert (verdict, model.id) == (self.verdict, MODEL_ID)
        return self.made

    def convert(self, file: Path, into: Path, plan: ConversionPlan) -> ServingRecipe:
        assert plan is self.made
        self.converted += 1
        into.mkdir()
        (into / "converted").write_bytes(file.read_bytes())
        return RECIPE.model_copy(
            update={"memory_mb": 321, "notes": ["From a dict.", "Its key was model."]}
        )


@pytest.fixture
def world() -> PhaseWorld:
    settings = settings_of(max_model_mb=7)
    return PhaseWorld(files=FilesFake(), converter=ConverterFake(), settings=settings)


def test_a_model_is_converted_once_and_kept_under_its_owner_and_its_content(world):
    for _ in range(2):
        prepared = world.perform(PrepareModel)
        assert prepared.value["artifact"] == f"{ADA}/{MODEL_ID}/{VERSION}"
        assert prepared.value["recipe"]["algorithm"] == "Ridge"
        assert prepared.value["message"] == (
            "Ridge with 0 inputs, 5 KB. From a dict. Its key was model."
        )
    assert list(world.services.files.kept) == [f"{ADA}/{MODEL_ID}/{VERSION}"]
    assert world.services.converter.converted == 1
    assert world.services.records.memory == {MODEL_ID: 321}


def test_a_model_is_registered_with_the_version_that_was_prepared(world):
    artifact = world.perform(PrepareModel).value["artifact"]
    registered = world.perform(RegisterModel, artifact=artifact, version=VERSION)
    name = f"slipway-{MODEL_ID}"
    assert registered.value["model"] == {"name": name, "version": VERSION}
    assert world.target.models == {(name, VERSION)}


def test_a_converted_model_that_has_gone_is_told(world):
    failed = world.perform(RegisterModel, artifact="gone", version=VERSION).failed
    assert failed.code == "artifact_missing"
