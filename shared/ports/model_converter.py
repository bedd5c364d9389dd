"""The port to the scan and the conversion of model files."""

from pathlib import Path
from typing import Protocol

from shared.domain.model import (
    ConversionPlan,
    ServingRecipe,
    TrainedModel,
    Verdict,
)


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
