"""Download, scan, convert in the sandbox, and keep the result under its content hash.

A model that was converted before is not converted again.
"""

import threading
from pathlib import Path

import structlog

from activities.support.phase import phase
from shared.scratch import scratch
from shared.services import Services
from shared.wire.phases import PreparedModel, PrepareModel
from shared.wire.run import DeployRun

log = structlog.get_logger()
PLACES = threading.BoundedSemaphore(2)
"""Conversions at once in this process: each may use CONVERSION_MEMORY_MB."""


@phase("Scanning and converting the model in a sandbox.")
def prepare_model(input: PrepareModel, services: Services) -> PreparedModel:
    """The recipe, and the key under which the converted folder is kept.

    Waits for one of PLACES. Raises ModelNotFound, and what ModelFiles and ModelConverter raise.
    """
    if not PLACES.acquire(blocking=False):
        return PreparedModel(waiting=True, message="Waiting for a free place to convert.")
    try:
        with scratch() as folder:
            return _prepare(input.run, services, folder)
    finally:
        PLACES.release()


def _prepare(run: DeployRun, services: Services, folder: Path) -> PreparedModel:
    model = services.records.trained_model(run.spec.model_id, run.user_id)
    file = folder / "model.joblib"
    size = services.files.download_model(
        model.file_path, file, max_bytes=services.settings.max_model_mb << 20
    )
    verdict = services.converter.scan(file)
    log.info("model_scanned", verdict=verdict.verdict, sha256=verdict.sha256, bytes=size)
    plan = services.converter.plan(verdict, model=model)
    artifact = f"{run.user_id}/{run.spec.model_id}/{plan.version}"
    recipe = services.files.find_artifact(artifact)
    if recipe is None:
        converted = folder / "mlflow"
        recipe = services.converter.convert(file, converted, plan)
        services.files.keep_artifact(artifact, converted, recipe)
    if recipe.memory_mb is not None:
        services.records.keep_model_memory(model.id, recipe.memory_mb)
    what = f"{recipe.algorithm} with {len(recipe.columns)} inputs, {size / 1024:.0f} KB."
    return PreparedModel(artifact=artifact, recipe=recipe, message=" ".join([what, *recipe.notes]))
