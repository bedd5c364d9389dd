"""The port ModelConverter: scan, sandbox, pinned environments."""

import hashlib
import os
import tempfile
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import structlog

from shared.conversion import artifact, environments
from shared.conversion.environments import Interpreters
from shared.conversion.job import MODEL_FOLDER, Failure, Job
from shared.conversion.refusals import refused
from shared.conversion.scan import scan
from shared.conversion.standby import Standby
from shared.schemas.model import Serving, TrainedModel, Verdict

log = structlog.get_logger()

REVISION = 1
"""Of the conversion itself: raise it when the same file would now yield another folder."""


def default_cache() -> Path:
    """Where environments are kept: a private folder of this user's."""
    return Path(tempfile.gettempdir()) / f"slipway-environments-{os.geteuid()}"


@dataclass(frozen=True)
class SandboxedConverter:
    """ModelConverter whose conversions run in disposable processes without credentials."""

    timeout_seconds: int
    memory_mb: int
    cache: Path = field(default_factory=default_cache)

    @cached_property
    def _standby(self) -> Standby:
        return Standby(timeout_seconds=self.timeout_seconds, memory_mb=self.memory_mb)

    def scan(self, file: Path) -> Verdict:
        return scan(file)

    def plan(self, file: Path, verdict: Verdict, *, model: TrainedModel) -> str:  # noqa: ARG002
        requirements = environments.serving_requirements(_servable(verdict))
        return _version(verdict.sha256, requirements, _feature_names(model))

    def convert(self, file: Path, into: Path, *, verdict: Verdict, model: TrainedModel) -> Serving:
        sklearn = _servable(verdict)
        names = _feature_names(model)
        requirements = environments.serving_requirements(sklearn)
        version = _version(verdict.sha256, requirements, names)
        job = Job(feature_names=names, requirements=requirements, version=version)
        interpreter = Interpreters(self.cache).for_sklearn(sklearn)
        with self._standby.take(interpreter) as sandbox:
            report = sandbox.run(file, job)
            log.info(
                "conversion_confined", sha256=verdict.sha256, **report.confinement.model_dump()
            )
            if isinstance(report.outcome, Failure):
                raise refused(report.outcome.code, report.outcome.message)
            artifact.take(sandbox.scratch / MODEL_FOLDER, into, report.outcome)
        self._standby.refill(interpreter)
        return Serving(
            sha256=verdict.sha256,
            version=version,
            algorithm=report.outcome.algorithm,
            columns=report.outcome.columns,
            example=report.outcome.example,
            requirements=requirements,
            environment_name=environments.environment_name(requirements),
        )


def _servable(verdict: Verdict) -> str:
    """The scikit-learn version of an allowed file. ModelRefused says why not."""
    reasons = "; ".join(verdict.reasons)
    foreign = sorted(set(verdict.libraries) - {"scikit-learn"})
    if foreign:
        message = f"This model needs {', '.join(foreign)}, which cannot be served."
        raise refused("model_unsupported", message, reasons)
    if verdict.verdict == "refused":
        raise refused("model_unsafe", f"The file is not safe to load: {reasons}.")
    if verdict.verdict == "unreadable":
        raise refused("model_unreadable", f"The file cannot be read: {reasons}")
    version = verdict.libraries.get("scikit-learn")
    if version is None:
        raise refused("model_unsupported", "The file holds no scikit-learn estimator.")
    return version


def _feature_names(model: TrainedModel) -> list[str] | None:
    names = model.metadata.get("feature_names")
    if names is None:
        return None
    if not isinstance(names, list) or not all(isinstance(name, str) and name for name in names):
        message = "The metadata's feature_names is not a list of names."
        raise refused("model_feature_names_mismatch", message)
    return names


def _version(sha256: str, requirements: list[str], feature_names: list[str] | None) -> str:
    parts = [f"revision={REVISION}", sha256, *requirements, "columns", *(feature_names or [])]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:20]
