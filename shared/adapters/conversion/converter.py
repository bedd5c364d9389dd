"""The port ModelConverter: scan, plan, and conversion in a sandbox with a pinned environment."""

import os
import tempfile
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import structlog

from shared.adapters.conversion import artifact
from shared.adapters.conversion.environments.choose import choose
from shared.adapters.conversion.environments.interpreters import Interpreters
from shared.adapters.conversion.environments.pinned_set import PinnedSet
from shared.adapters.conversion.plan import plan
from shared.adapters.conversion.release import release
from shared.adapters.conversion.sandbox.process import Limits
from shared.adapters.conversion.sandbox.report import Converted, Failure, Report
from shared.adapters.conversion.sandbox.standby import Standby
from shared.adapters.conversion.scan.child import scan
from shared.domain.model import ConversionPlan, ServingRecipe, TrainedModel, Verdict
from shared.errors.models import model_refused

log = structlog.get_logger()


def default_cache() -> Path:
    """Where environments are kept: a private folder of this user's."""
    return Path(tempfile.gettempdir()) / f"slipway-environments-{os.geteuid()}"


@dataclass(frozen=True)
class SandboxedConverter:
    """ModelConverter whose conversions run in disposable processes without credentials."""

    timeout_seconds: int
    memory_mb: int
    cache_mb: int
    cache: Path = field(default_factory=default_cache)

    @cached_property
    def _standby(self) -> Standby:
        return Standby(Limits(self.timeout_seconds, self.memory_mb))

    @cached_property
    def _interpreters(self) -> Interpreters:
        return Interpreters(self.cache, limit_mb=self.cache_mb)

    @cached_property
    def scanner(self) -> str:
        return release()

    def scan(self, file: Path) -> Verdict:
        return scan(file)

    def plan(self, verdict: Verdict, *, model: TrainedModel) -> ConversionPlan:
        return plan(verdict, model)

    def convert(self, file: Path, into: Path, plan: ConversionPlan) -> ServingRecipe:
        """With the likeliest versions; where those cannot load it or predict, with the next."""
        into.mkdir(parents=True, exist_ok=True)
        tried: list[tuple[PinnedSet, Failure]] = []
        for pinned in choose(plan.libraries):
            report = self._run_with(file, into / artifact.MODEL_FILE, pinned, plan)
            outcome = report.outcome
            if isinstance(outcome, Converted):
                return _completed(into, outcome, pinned, plan, report.memory_mb)
            tried.append((pinned, outcome))
            if not (outcome.loading or outcome.predicting):
                break
        raise _refused(tried)

    def _run_with(self, file: Path, model: Path, pinned: PinnedSet, plan: ConversionPlan) -> Report:
        model.unlink(missing_ok=True)
        with self._interpreters.lease(pinned) as interpreter:
            with self._standby.take(interpreter) as sandbox:
                report = sandbox.run(file, model, plan.feature_names)
            self._standby.refill(interpreter)
        held = report.confinement.model_dump()
        log.info("conversion_confined", sha256=plan.sha256, versions=pinned.told, **held)
        return report


def _completed(
    into: Path,
    converted: Converted,
    pinned: PinnedSet,
    plan: ConversionPlan,
    memory_mb: int | None,
) -> ServingRecipe:
    described = artifact.check(into, converted)
    requirements = pinned.serving_requirements()
    artifact.complete(
        into,
        described,
        outputs=list(converted.outputs),
        requirements=requirements,
        version=plan.version,
    )
    return ServingRecipe(
        sha256=plan.sha256,
        version=plan.version,
        algorithm=converted.algorithm,
        columns=described.columns,
        example=described.example,
        methods=described.methods,
        notes=[*converted.notes, f"Converted with {pinned.told}."],
        requirements=requirements,
        environment_name=pinned.environment_name,
        memory_mb=memory_mb,
    )


def _refused(tried: list[tuple[PinnedSet, Failure]]) -> Exception:
    """What the likeliest versions said of a model that does not predict, else the last refusal.

    Where none of them load the file, it says with which it was tried.
    """
    failure = next((failure for _, failure in tried if failure.predicting), tried[-1][1])
    if not failure.loading:
        return model_refused(failure.code, failure.message, fix=failure.fix or None)
    told = "; ".join(f"with {pinned.told}: {failure.message}" for pinned, failure in tried)
    fix = "Save the model again where it was trained, with a recent scikit-learn and numpy."
    return model_refused(failure.code, f"The file does not load {told}"[:2000], fix=fix)
