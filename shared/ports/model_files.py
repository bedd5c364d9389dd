"""Uploaded and converted models."""

from pathlib import Path
from typing import Protocol

from shared.domain.model import (
    ServingRecipe,
)


class ModelFiles(Protocol):
    """Supabase Storage: uploaded models (bucket `models`), converted ones (`artifacts`)."""

    def download_model(self, file_path: str, to: Path, *, max_bytes: int) -> int:
        """Bytes written. ModelRefused model_file_missing, model_file_empty, model_too_large."""
        ...

    def find_artifact(self, key: str) -> ServingRecipe | None:
        """How the artifact is served; None where it is not there, or not wholly."""
        ...

    def keep_artifact(self, key: str, folder: Path, recipe: ServingRecipe) -> None:
        """Idempotent: the same key again replaces the same content. ModelRefused."""
        ...

    def fetch_artifact(self, key: str, into: Path) -> None:
        """The folder that was kept. ArtifactMissing."""
        ...
