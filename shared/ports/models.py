"""The ports to a model's file: where it is kept, and what scans and converts it."""

from pathlib import Path
from typing import Protocol

from shared.domain.model import (
    ConversionPlan,
    ServingRecipe,
    TrainedModel,
    Verdict,
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


class ModelConverter(Protocol):
    """From an untrusted model file to a folder that our own serving code serves."""

    @property
    def scanner(self) -> str:
        """The release of the scan's rules. A verdict of another release is outdated."""
        ...

    def scan(self, file: Path) -> Verdict:
        """Read the file, without loading it, in a confined process."""
        ...

    def plan(self, verdict: Verdict, *, model: TrainedModel) -> ConversionPlan:
        """What converting the scanned file will use, and the version that it will get.

        Raises ModelRefused: model_unsafe, model_unreadable, model_unsupported,
        model_without_predict, model_feature_names_mismatch, model_needs_too_much_memory,
        model_conversion_timed_out.
        """
        ...

    def convert(self, file: Path, into: Path, plan: ConversionPlan) -> ServingRecipe:
        """Load the file in a disposable process without credentials; write an MLflow folder.

        Raises ModelRefused: model_unreadable, model_without_predict, model_unsupported,
        model_unsafe, model_not_fitted, model_feature_names_mismatch, model_needs_too_much_memory,
        model_conversion_timed_out, model_conversion_failed; TransientError
        environment_not_built.
        """
        ...
