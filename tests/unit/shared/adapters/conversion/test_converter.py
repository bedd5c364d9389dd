"""Which versions a conversion is tried with, and what is told when none of them will do."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from shared.adapters.conversion.converter import SandboxedConverter
from shared.adapters.conversion.environments.choose import choose
from shared.adapters.conversion.environments.pinned_set import PinnedSet
from shared.adapters.conversion.sandbox.report import Confinement, Failure, Report
from shared.domain.model import ConversionPlan
from shared.errors.models import ModelRefused

LIBRARIES = {"scikit-learn": "1.4.2"}
PLAN = ConversionPlan(sha256="a", version="v", libraries=LIBRARIES, feature_names=None)
CODE = "model_conversion_failed"
LOADING = Failure(code=CODE, message="no module named _loss", loading=True)
PREDICTING = Failure(code=CODE, message="accepts no row", fix="Try it.", predicting=True)
UNFITTED = Failure(code="model_not_fitted", message="it is not fitted")

HELD = Confinement(other_user=True, files_hidden=True, calls_filtered=True)


@dataclass(frozen=True)
class Scripted(SandboxedConverter):
    """A converter whose sandboxes report these outcomes, one after the other."""

    outcomes: tuple[Failure, ...] = ()
    tried: list[PinnedSet] = field(default_factory=list)

    def _run_with(self, file: Path, model: Path, pinned: PinnedSet, plan: ConversionPlan) -> Report:
        self.tried.append(pinned)
        return Report(confinement=HELD, outcome=self.outcomes[len(self.tried) - 1])


def refusal_after(tmp_path: Path, *outcomes: Failure) -> tuple[ModelRefused, list[PinnedSet]]:
    converter = Scripted(60, 1024, 600, tmp_path, outcomes=outcomes)
    with pytest.raises(ModelRefused) as refused:
        converter.convert(tmp_path / "file", tmp_path / "into", PLAN)
    return refused.value, converter.tried


def test_a_file_that_does_not_load_is_tried_with_the_next_set_and_both_are_told(
    tmp_path: Path,
) -> None:
    refused, tried = refusal_after(tmp_path, LOADING, LOADING)
    assert tried == choose(LIBRARIES)
    assert [pinned.told in refused.message for pinned in tried] == [True, True]
    assert refused.code == CODE


def test_a_model_that_does_not_predict_is_tried_with_the_next_set_too(tmp_path: Path) -> None:
    for outcomes in ((PREDICTING, LOADING), (LOADING, PREDICTING), (PREDICTING, UNFITTED)):
        refused, tried = refusal_after(tmp_path, *outcomes)
        assert tried == choose(LIBRARIES)
        assert (refused.message, refused.fix) == (PREDICTING.message, PREDICTING.fix)


def test_what_no_other_versions_mend_is_tried_once(tmp_path: Path) -> None:
    refused, tried = refusal_after(tmp_path, UNFITTED)
    assert len(tried) == 1
    assert refused.code == "model_not_fitted"
