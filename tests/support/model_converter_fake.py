"""ModelConverter without a sandbox, as tests/contract/conversion/test_model_converter.py asks."""

import hashlib
from pathlib import Path

from shared.adapters.conversion.plan import feature_names
from shared.domain.model import ConversionPlan, FileRefusal, ServingRecipe, TrainedModel, Verdict
from shared.errors.models import model_refused

UNSAFE = FileRefusal(code="model_unsafe", message="It names system.", fix="Save the model alone.")


class ModelConverterFake:
    """A file that names `system` is refused; a converted model is a copy of its file.

    `refusal` is raised by every plan.
    """

    scanner = "rules-of-the-fake"

    def __init__(self, recipe: ServingRecipe) -> None:
        self.recipe, self.converted = recipe, 0
        self.refusal: Exception | None = None
        self.planned_for: list[TrainedModel] = []

    def scan(self, file: Path) -> Verdict:
        content = file.read_bytes()
        refusal = UNSAFE if b"system" in content else None
        return Verdict(
            verdict="refused" if refusal else "allowed",
            reasons=[refusal.message] if refusal else [],
            libraries={},
            sha256=hashlib.sha256(content).hexdigest(),
            refusal=refusal,
        )

    def plan(self, verdict: Verdict, *, model: TrainedModel) -> ConversionPlan:
        self.planned_for.append(model)
        if self.refusal:
            raise self.refusal
        if verdict.refusal:
            raise model_refused(
                verdict.refusal.code, verdict.refusal.message, fix=verdict.refusal.fix
            )
        names = feature_names(model)
        version = hashlib.sha256(f"{verdict.sha256}{names}".encode()).hexdigest()[:20]
        return ConversionPlan(
            sha256=verdict.sha256, version=version, libraries={}, feature_names=names
        )

    def convert(self, file: Path, into: Path, plan: ConversionPlan) -> ServingRecipe:
        self.converted += 1
        into.mkdir(parents=True, exist_ok=True)
        (into / "MLmodel").write_bytes(file.read_bytes())
        return self.recipe.model_copy(update={"sha256": plan.sha256, "version": plan.version})
