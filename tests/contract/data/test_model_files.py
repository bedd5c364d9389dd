"""One suite, two implementations of ModelFiles: files in memory, and Supabase's Storage."""

import uuid
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest

from shared.adapters.supabase.files import SupabaseFiles
from shared.domain.model import ServingRecipe
from shared.errors.models import ArtifactMissing, ModelRefused
from shared.ports.models import ModelFiles
from tests.support.data import Person, Project
from tests.support.model_files_fake import ModelFilesFake

pytestmark = pytest.mark.contract
MB = 1 << 20
SERVING = ServingRecipe(
    sha256="0", version="1", algorithm="Ridge", columns=[], example={}, requirements=["a==1"],
    environment_name="slipway-serving-0",
)  # fmt: skip


class World(NamedTuple):
    files: ModelFiles
    owner: str
    """A user's id: the folder of that user's uploads."""
    upload: Callable[[str, bytes], str]
    """A file of the owner's, as a browser sends it; its path."""


@pytest.fixture(params=["memory", "storage"])
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> World:
    if request.param == "memory":
        owner = str(uuid.uuid4())
        uploaded: dict[str, bytes] = {}
        fake = ModelFilesFake(uploaded, tmp_path_factory.mktemp("artifacts"))

        def keep(name: str, content: bytes) -> str:
            uploaded[f"{owner}/{name}"] = content
            return f"{owner}/{name}"

        return World(fake, owner, keep)
    project: Project = request.getfixturevalue("project")
    ada: Person = request.getfixturevalue("ada")

    def upload(name: str, content: bytes) -> str:
        path = f"{ada.id}/{name}"
        key = project.facts["publishable_key"]
        httpx.post(
            f"{project.url}/storage/v1/object/models/{path}",
            headers={"apikey": key, "Authorization": f"Bearer {ada.token}"},
            content=content,
        ).raise_for_status()
        return path

    return World(SupabaseFiles(project.settings), ada.id, upload)


def code_of_refusal(world: World, path: str, to: Path) -> str:
    with pytest.raises(ModelRefused) as refused:
        world.files.download_model(path, to, max_bytes=MB)
    return refused.value.code


def test_a_model_arrives_as_it_was_uploaded(world: World, tmp_path: Path) -> None:
    content = bytes(range(256)) * 5000
    path = world.upload("folder of mine/model (1).joblib", content)
    assert world.files.download_model(path, tmp_path / "m", max_bytes=len(content)) == len(content)
    assert (tmp_path / "m").read_bytes() == content


def test_a_model_that_is_too_large_is_refused_with_the_limit_and_leaves_no_file(
    world: World, tmp_path: Path
) -> None:
    path = world.upload("m.joblib", b"x" * (2 * MB))
    with pytest.raises(ModelRefused, match="more than 1 MB") as refused:
        world.files.download_model(path, tmp_path / "m", max_bytes=MB)
    assert refused.value.code == "model_too_large"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["none.joblib", "größe.joblib", "a%2fb", "?x#y"])
def test_a_model_that_is_not_there_is_named(world: World, tmp_path: Path, name: str) -> None:
    with pytest.raises(ModelRefused, match="There is no file") as refused:
        world.files.download_model(f"{world.owner}/{name}", tmp_path / "m", max_bytes=MB)
    assert refused.value.code == "model_file_missing"


def test_an_empty_model_is_refused(world: World, tmp_path: Path) -> None:
    path = world.upload("m.joblib", b"")
    with pytest.raises(ModelRefused, match="0 bytes") as refused:
        world.files.download_model(path, tmp_path / "m", max_bytes=MB)
    assert refused.value.code == "model_file_empty"


def test_no_path_leads_out_of_a_users_folder(world: World, tmp_path: Path) -> None:
    file, stranger = world.upload("m.joblib", b"secret"), str(uuid.uuid4())
    for path in (f"{stranger}/../{file}", f"../models/{file}", f"/{file}", f"{stranger}//{file}"):
        assert code_of_refusal(world, path, tmp_path / "m") == "model_file_foreign"
    for name in (f"%2e%2e/{file}", f"..%2f{file}", "%252e%252e"):
        path = f"{stranger}/{name}"
        assert code_of_refusal(world, path, tmp_path / "m") == "model_file_missing"


def test_an_artifact_is_kept_and_fetched_and_kept_again(world: World, tmp_path: Path) -> None:
    key, files = f"{uuid.uuid4()}/{uuid.uuid4()}/0123abcd", world.files
    folder = tmp_path / "folder"
    folder.mkdir()
    assert files.find_artifact(key) is None
    for content in ("first", "second"):
        (folder / "MLmodel").write_text(content)
        files.keep_artifact(key, folder, SERVING)
        assert files.find_artifact(key) == SERVING
        files.fetch_artifact(key, tmp_path / content)
        assert [path.name for path in (tmp_path / content).iterdir()] == ["MLmodel"]
        assert (tmp_path / content / "MLmodel").read_text() == content


def test_an_artifact_that_has_gone_is_said_to_be(world: World, tmp_path: Path) -> None:
    with pytest.raises(ArtifactMissing) as missing:
        world.files.fetch_artifact("gone/1", tmp_path / "a")
    assert missing.value.code == "artifact_missing"
    assert list(tmp_path.iterdir()) == []
