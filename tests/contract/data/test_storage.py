"""What only Storage can show of ModelFiles: half artifacts, walls and memory."""

import os
import tracemalloc
import uuid
from pathlib import Path

import httpx
import pytest

from shared.adapters.supabase.files import SupabaseFiles
from shared.domain.model import ServingRecipe
from tests.support.data import Person, Project

MB = 1 << 20
SERVING = ServingRecipe(
    sha256="0", version="1", algorithm="Ridge", columns=[], example={}, requirements=["a==1"],
    environment_name="slipway-serving-0",
)  # fmt: skip


@pytest.fixture(scope="module")
def files(project: Project) -> SupabaseFiles:
    return SupabaseFiles(project.settings)


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
