"""The phases of the model: kept under its owner and content, converted once, registered by hash."""

from pathlib import Path

import pytest

from activities.prepare_model import PLACES
from shared.wire.phases import PrepareModel, RegisterModel
from tests.support.model_converter_fake import ModelConverterFake
from tests.support.model_files_fake import ModelFilesFake
from tests.support.phases import RECIPE, PhaseWorld
from tests.support.records import ADA, MODEL_ID
from tests.support.services import settings_of

UPLOADED = b"model" * 1024


class World(PhaseWorld):
    """Ada's uploaded model; one megabyte is the limit."""

    def __init__(self, kept_below: Path) -> None:
        notes = ["From a dict.", "Its key was model."]
        recipe = RECIPE.model_copy(update={"memory_mb": 321, "notes": notes})
        self.files = ModelFilesFake({f"{ADA}/m": UPLOADED}, kept_below)
        self.converter = ModelConverterFake(recipe)
        settings = settings_of(max_model_mb=1)
        super().__init__(files=self.files, converter=self.converter, settings=settings)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_a_model_is_converted_once_and_kept_under_its_owner_and_its_content(world: World):
    files, converter = world.files, world.converter
    for _ in range(2):
        prepared = world.perform(PrepareModel).done
        version = prepared["recipe"]["version"]
        assert prepared["artifact"] == f"{ADA}/{MODEL_ID}/{version}"
        assert prepared["recipe"]["algorithm"] == "Ridge"
        assert prepared["message"] == "Ridge with 0 inputs, 5 KB. From a dict. Its key was model."
    assert list(files.kept) == [f"{ADA}/{MODEL_ID}/{version}"]
    assert converter.converted == 1
    assert {model.id for model in converter.planned_for} == {MODEL_ID}
    assert world.records.memory == {MODEL_ID: 321}


def test_another_content_is_another_artifact(world: World):
    first = world.perform(PrepareModel).done["artifact"]
    world.files.uploaded[f"{ADA}/m"] = b"another"
    assert world.perform(PrepareModel).done["artifact"] != first
    assert world.converter.converted == 2


def test_a_file_may_be_as_large_as_the_limit_and_not_a_byte_more(world: World):
    world.files.uploaded[f"{ADA}/m"] = bytes(1 << 20)
    assert ", 1024 KB." in world.perform(PrepareModel).done["message"]
    world.files.uploaded[f"{ADA}/m"] = bytes((1 << 20) + 1)
    assert world.perform(PrepareModel).refusal.code == "model_too_large"


def test_a_conversion_waits_for_a_free_place_and_gives_it_back(world: World):
    with PLACES, PLACES:
        waiting = world.perform(PrepareModel).done
        assert waiting["waiting"] is True
        assert waiting["message"] == "Waiting for a free place to convert."
    assert world.perform(PrepareModel).done["waiting"] is False
    with PLACES, PLACES:
        assert world.converter.converted == 1


def test_a_refused_file_is_not_converted(world: World):
    world.files.uploaded[f"{ADA}/m"] = b"os.system"
    assert world.perform(PrepareModel).refusal.code == "model_unsafe"
    assert world.converter.converted == 0


def test_a_model_is_registered_with_the_version_that_was_prepared(world: World):
    prepared = world.perform(PrepareModel).done
    version = prepared["recipe"]["version"]
    registered = world.perform(RegisterModel, artifact=prepared["artifact"], version=version)
    name = f"slipway-{MODEL_ID}"
    assert registered.done["model"] == {"name": name, "version": version}
    assert registered.done["message"] == f"{name} version {version}."
    assert world.target.models == {(name, version)}


def test_a_converted_model_that_has_gone_is_told(world: World):
    failed = world.perform(RegisterModel, artifact="gone", version="1").refusal
    assert failed.code == "artifact_missing"
