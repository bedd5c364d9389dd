"""Download, scan, convert in the sandbox, and keep the result under its content hash."""

import tempfile
from pathlib import Path

import azure.durable_functions as df
import structlog

from activities.phase import phase
from shared.conversion.packing import pack
from shared.schemas.phases import PreparedModel, PrepareModel
from shared.services import Services

log = structlog.get_logger()


bp = df.Blueprint()


@phase(bp, "Scanning and converting the model in a sandbox.")
def prepare_model(request: PrepareModel, services: Services) -> PreparedModel:
    run = request.run
    model = services.records.trained_model(run.model_id, run.user_id)
    with tempfile.TemporaryDirectory(prefix="slipway-") as scratch:
        file, folder = Path(scratch) / "model.joblib", Path(scratch) / "mlflow"
        size = services.files.download_model(
            model.file_path, file, max_bytes=services.settings.max_model_mb << 20
        )
        verdict = services.converter.scan(file)
        log.info("model_scanned", verdict=verdict.verdict, sha256=verdict.sha256, bytes=size)
        serving = services.converter.convert(file, folder, verdict=verdict, model=model)
        artifact = f"{run.user_id}/{run.model_id}/{serving.version}.tar.gz"
        if not services.files.artifact_exists(artifact):
            services.files.upload_artifact(artifact, pack(folder, Path(scratch) / "model.tar.gz"))
    return PreparedModel(
        artifact=artifact,
        serving=serving,
        message=f"{serving.algorithm} with {len(serving.columns)} inputs, {size / 1024:.0f} KB, "
        f"scikit-learn {verdict.libraries.get('scikit-learn', 'unknown')}.",
    )
