"""Download, scan, convert in the sandbox, and keep the result under its content hash.

A model that was converted before is not converted again.
"""

import tempfile
import threading
from pathlib import Path

import azure.durable_functions as df
import structlog

from activities.phase import phase
from shared.schemas.phases import PreparedModel, PrepareModel, Run
from shared.services import Services

bp = df.Blueprint()
log = structlog.get_logger()
PLACES = threading.BoundedSemaphore(2)
"""Conversions at once in this process: each may use CONVERSION_MEMORY_MB."""


@phase(bp, "Scanning and converting the model in a sandbox.")
def prepare_model(request: PrepareModel, services: Services) -> PreparedModel:
    if not PLACES.acquire(blocking=False):
        return PreparedModel(waiting=True, message="Waiting for a free place to convert.")
    try:
        with tempfile.TemporaryDirectory(prefix="slipway-") as folder:
            return _prepare(request.run, services, Path(folder))
    finally:
        PLACES.release()


def _prepare(run: Run, services: Services, scratch: Path) -> PreparedModel:
    model = services.records.trained_model(run.model_id, run.user_id)
    file = scratch / "model.joblib"
    size = services.files.download_model(
        model.file_path, file, max_bytes=services.settings.max_model_mb << 20
    )
    verdict = services.converter.scan(file)
    log.info("model_scanned", verdict=verdict.verdict, sha256=verdict.sha256, bytes=size)
    version = services.converter.plan(file, verdict, model=model)
    artifact = f"{run.user_id}/{run.model_id}/{version}"
    serving = services.files.find_artifact(artifact)
    if serving is None:
        folder = scratch / "mlflow"
        serving = services.converter.convert(file, folder, verdict=verdict, model=model)
        services.files.keep_artifact(artifact, folder, serving)
    return PreparedModel(
        artifact=artifact,
        serving=serving,
        message=f"{serving.algorithm} with {len(serving.columns)} inputs, {size / 1024:.0f} KB, "
        f"scikit-learn {verdict.libraries.get('scikit-learn', 'unknown')}.",
    )
