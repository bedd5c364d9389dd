"""Port ModelFiles over Storage: bounded, streamed, and only from a model's own folder."""

import os
import tracemalloc
import uuid
from pathlib import Path

import httpx
import pytest

from shared.adapters.supabase.files import SupabaseFiles
from shared.domain.model import ServingRecipe
from shared.errors import UserFacingError
from shared.errors.models import ArtifactMissing, ModelRefused
from tests.support.data import Person, Project

MB = 1 << 20
SERVING = ServingRecipe(
    sha256="0", version="1", algorithm="Ridge", columns=[], example={}, requirements=["a==1"],
    environment_name="slipway-serving-0",
)  # fmt: skip


@pytest.fixture(scope="module")
def files(project: Project) -> SupabaseFiles:
    return SupabaseFiles(project.settings)


def upload(project: Project, person: Person, name: str, content: bytes) -> str:
    """As the user does, from a browser."""
    path = f"{person.id}/{name}"
    httpx.post(
        f"{project.url}/storage/v1/object/models/{path}",
        headers={
            "apikey": project.facts["publishable_key"],
            "Authorization": f"Bearer {person.token}",
        },
        content=content,
    ).raise_for_status()
    return path


def code_of(error: pytest.ExceptionInfo[UserFacingError]) -> str:
    return error.value.code


def test_a_model_arrives_as_it_was_uploaded(
    project: Project, files: SupabaseFiles, ada: Person, tmp_path: Path
) -> None:
    content = bytes(range(256)) * 5000
    path = upload(project, ada, "folder of mine/model (1).joblib", content)
    assert files.download_model(path, tmp_path / "m", max_bytes=len(content)) == len(content)
    assert (tmp_path / "m").read_bytes() == content


def test_a_model_that_is_too_large_is_refused_with_the_limit_and_leaves_no_file(
    project: Project, files: SupabaseFiles, ada: Person, tmp_path: Path
) -> None:
    path = upload(project, ada, "m.joblib", b"x" * (2 * MB))
    with pytest.raises(ModelRefused, match="more than 1 MB") as refused:
        files.download_model(path, tmp_path / "m", max_bytes=MB)
    assert code_of(refused) == "model_too_large"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["none.joblib", "größe.joblib", "a%2fb", "?x#y"])
def test_a_model_that_is_not_there_is_named(
    files: SupabaseFiles, ada: Person, tmp_path: Path, name: str
) -> None:
    with pytest.raises(ModelRefused, match="There is no file") as refused:
        files.download_model(f"{ada.id}/{name}", tmp_path / "m", max_bytes=MB)
    assert code_of(refused) == "model_file_missing"


def test_an_empty_model_is_refused(
    project: Project, files: SupabaseFiles, ada: Person, tmp_path: Path
) -> None:
    path = upload(project, ada, "m.joblib", b"")
    with pytest.raises(ModelRefused, match="0 bytes") as refused:
        files.download_model(path, tmp_path / "m", max_bytes=MB)
    assert code_of(refused) == "model_file_empty"


def test_no_path_leads_out_of_a_users_folder(
    project: Project, files: SupabaseFiles, ada: Person, bob: Person, tmp_path: Path
) -> None:
    secret = upload(project, bob, "m.joblib", b"secret")
    for path in (
        f"{ada.id}/../{secret}",
        f"../models/{secret}",
        f"/{secret}",
        f"{ada.id}//{secret}",
    ):
        with pytest.raises(ModelRefused) as refused:
            files.download_model(path, tmp_path / "m", max_bytes=MB)
        assert code_of(refused) == "model_file_foreign"
    for path in (f"{ada.id}/%2e%2e/{secret}", f"{ada.id}/..%2f{secret}", f"{ada.id}/%252e%252e"):
        with pytest.raises(ModelRefused) as refused:
            files.download_model(path, tmp_path / "m", max_bytes=MB)
        assert code_of(refused) == "model_file_missing"


def test_an_artifact_is_kept_and_fetched_and_kept_again(
    files: SupabaseFiles, tmp_path: Path
) -> None:
    key = f"{uuid.uuid4()}/{uuid.uuid4()}/0123abcd"
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


def test_an_artifact_that_has_gone_is_said_to_be(files: SupabaseFiles, tmp_path: Path) -> None:
    with pytest.raises(ArtifactMissing) as missing:
        files.fetch_artifact("gone/1", tmp_path / "a")
    assert code_of(missing) == "artifact_missing"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("lost", [".tar.gz", ".json"])
def test_an_artifact_of_which_a_part_has_gone_is_not_found(
    project: Project, files: SupabaseFiles, tmp_path: Path, lost: str
) -> None:
    key = f"{uuid.uuid4()}/1"
    files.keep_artifact(key, tmp_path, SERVING)
    secret = project.settings.supabase_service_key.get_secret_value()
    httpx.delete(
        f"{project.url}/storage/v1/object/artifacts/{key}{lost}",
        headers={"apikey": secret, "Authorization": f"Bearer {secret}"},
    ).raise_for_status()
    assert files.find_artifact(key) is None


def test_artifacts_are_out_of_every_users_reach(
    project: Project, files: SupabaseFiles, ada: Person, tmp_path: Path
) -> None:
    key = f"{ada.id}/{uuid.uuid4()}/1"
    files.keep_artifact(key, tmp_path, SERVING)
    for token in (ada.token, project.facts["publishable_key"]):
        reply = httpx.get(
            f"{project.url}/storage/v1/object/artifacts/{key}.json",
            headers={
                "apikey": project.facts["publishable_key"],
                "Authorization": f"Bearer {token}",
            },
        )
        assert reply.status_code == 400
        assert b"Ridge" not in reply.content


def test_a_large_file_passes_through_little_memory(files: SupabaseFiles, tmp_path: Path) -> None:
    size = 48 * MB
    folder = tmp_path / "a"
    folder.mkdir()
    with (folder / "model.pkl").open("wb") as stream:
        stream.writelines(os.urandom(MB) for _ in range(48))
    tracemalloc.start()
    files.keep_artifact("large/1", folder, SERVING)
    files.fetch_artifact("large/1", tmp_path / "b")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (tmp_path / "b" / "model.pkl").stat().st_size == size
    assert peak < size / 4
