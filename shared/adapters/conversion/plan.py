"""From a verdict to what its conversion will use, or to the refusal that its owner is told."""

import hashlib

from shared.adapters.conversion.environments.choose import choose
from shared.adapters.conversion.environments.pinned_set import PinnedSet
from shared.domain.model import ConversionPlan, TrainedModel, Verdict
from shared.errors.models import model_refused

REVISION = 2
"""Of the conversion itself: raise it when the same file would now yield another folder."""


def plan(verdict: Verdict, model: TrainedModel) -> ConversionPlan:
    """ModelRefused where the file is refused, or needs what cannot be served."""
    if verdict.refusal:
        said = verdict.refusal
        reasons = "; ".join(verdict.reasons)
        raise model_refused(said.code, said.message, reasons, fix=said.fix)
    names = feature_names(model)
    sets = choose(verdict.libraries)
    return ConversionPlan(
        sha256=verdict.sha256,
        version=_version(verdict.sha256, sets, names),
        libraries=verdict.libraries,
        feature_names=names,
    )


def feature_names(model: TrainedModel) -> list[str] | None:
    """As the row's metadata tells them. ModelRefused where it holds something else."""
    names = model.metadata.get("feature_names")
    if names is None:
        return None
    if not isinstance(names, list) or not all(isinstance(name, str) and name for name in names):
        message = "The metadata's feature_names is not a list of names."
        raise model_refused("model_feature_names_mismatch", message)
    return names


def _version(sha256: str, sets: list[PinnedSet], names: list[str] | None) -> str:
    """Twenty hexadecimal digits: a legal version in Azure ML."""
    parts = [f"revision={REVISION}", sha256]
    for pinned in sets:
        parts += ["environment", *pinned.serving_requirements()]
    parts += ["columns", *(names or [])]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:20]
