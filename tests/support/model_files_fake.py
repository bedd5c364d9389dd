"""The port ModelFiles in memory, as tests/contract/data/test_model_files.py asks for."""

import shutil
from pathlib import Path

from shared.adapters.supabase.file_paths import own_path
from shared.domain.model import ServingRecipe
from shared.errors.models import ArtifactMissing, ModelFileEmpty, ModelFileMissing, ModelTooLarge


class ModelFilesFake:
    """Uploaded models by path; converted ones by key. `failure` is raised by every download."""

    def __init__(self, uploaded: dict[str, bytes], kept_below: Path) -> None:
        self.uploaded, self._folders = uploaded, kept_below
        self.kept: dict[str, ServingRecipe] = {}
        self.failure: Exception | None = None
        self.downloaded = 0

    def download_model(self, file_path: str, to: Path, *, max_bytes: int) -> int:
        if self.failure:
            raise self.failure
        own_path(file_path)
        if file_path not in self.uploaded:
            raise ModelFileMissing(file_path)
        content = self.uploaded[file_path]
        if len(content) > max_bytes:
            raise ModelTooLarge(len(content), max_bytes)
        to.write_bytes(content)
        if not content:
            raise ModelFileEmpty(file_path)
        self.downloaded += 1
        return len(content)

    def find_artifact(self, key: str) -> ServingRecipe | None:
        return self.kept.get(key)

    def keep_artifact(self, key: str, folder: Path, recipe: ServingRecipe) -> None:
        shutil.rmtree(self._folder(key), ignore_errors=True)
        shutil.copytree(folder, self._folder(key))
        self.kept[key] = recipe

    def fetch_artifact(self, key: str, into: Path) -> None:
        if key not in self.kept:
            raise ArtifactMissing(key)
        shutil.copytree(self._folder(key), into)

    def _folder(self, key: str) -> Path:
        return self._folders / key
