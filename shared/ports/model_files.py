"""The port to the files of uploaded and converted models."""

from pathlib import Path
from typing import Protocol

from shared.domain.model import (
    ServingRecipe,
)


class ModelFiles(Protocol):
    """Supabase Storage: uploaded models (bucket `models`), converted ones (`artifacts`)."""

    def download_model(self, file_path: str, to: Path, *, max_bytes: int) -> int:
        """Write the file to `to`; how many bytes it has.

        Raises ModelRefused model_file_missing, model_file_empty, model_too_large.
        """
        ...

    def find_artifact(self, key: str) -> ServingRecipe | None:
        """The recipe that was kept with it; None where the artifact is not there, or not wholly."""
        ...

    def keep_artifact(self, key: str, folder: Path, recipe: ServingRecipe) -> None:
        """Upload the converted folder and its recipe under this key.

        The same key again replaces the same content. Raises ModelRefused artifact_too_large.
        """
        ...

    def fetch_artifact(self, key: str, into: Path) -> None:
        """Write the folder that was kept under this key to `into`. Raises ArtifactMissing."""
        ...
