"""What is known of a model before it is deployed: the scan's verdict, once for each content."""

import threading
from datetime import UTC, datetime

import structlog

from shared.domain.model import FileRefusal, TrainedModel, Verdict
from shared.domain.trained_model import ModelRow, Scan
from shared.errors.models import ModelRefused
from shared.ports.models import ModelConverter, ModelFiles
from shared.ports.records import Records
from shared.scratch import scratch

log = structlog.get_logger()

PLACES = threading.BoundedSemaphore(2)
"""Files that are judged at once in this process, for users who look at them."""


def with_current_scan(
    model: ModelRow,
    *,
    files: ModelFiles,
    converter: ModelConverter,
    records: Records,
    max_bytes: int,
    wait_seconds: float,
) -> ModelRow:
    """The model with its verdict: the one in the database, else that of a scan now, which is kept.

    `scan` is None where the file is missing, or where no place to scan is free in `wait_seconds`.
    """
    if model.scan and model.scan.scanner == converter.scanner:
        return model
    fresh = model.model_copy(update={"scan": None})
    if model.content is None or not PLACES.acquire(timeout=wait_seconds):
        return fresh
    try:
        scan = _judged(model, files, converter, max_bytes)
    finally:
        PLACES.release()
    if scan.sha256:
        records.keep_scan(model.user_id, model.content, scan)
    log.info("model_scanned", verdict=scan.verdict, sha256=scan.sha256, bytes=model.size_bytes)
    return model.model_copy(update={"scan": scan})


def without_outdated_scan(model: ModelRow, scanner: str) -> ModelRow:
    """The model without its verdict where that is of another release of the scan's rules."""
    if model.scan and model.scan.scanner != scanner:
        return model.model_copy(update={"scan": None})
    return model


def _judged(model: ModelRow, files: ModelFiles, converter: ModelConverter, max_bytes: int) -> Scan:
    """The verdict a deployment would get: of the file's size, the scan, then of its versions."""
    verdict = Verdict(verdict="refused", reasons=[], libraries={}, sha256="")
    try:
        with scratch() as folder:
            file = folder / "model"
            files.download_model(model.file_path, file, max_bytes=max_bytes)
            verdict = converter.scan(file)
        converter.plan(verdict, model=_bare(model))
    except ModelRefused as refused:
        verdict = verdict.model_copy(
            update={
                "verdict": "refused" if verdict.verdict == "allowed" else verdict.verdict,
                "reasons": verdict.reasons or [refused.message],
                "refusal": FileRefusal(code=refused.code, message=refused.message, fix=refused.fix),
            }
        )
    return Scan(**verdict.model_dump(), scanner=converter.scanner, scanned_at=datetime.now(UTC))


def _bare(model: ModelRow) -> TrainedModel:
    """Without its metadata: the verdict is of the file's content alone."""
    return TrainedModel(
        id=model.id,
        user_id=model.user_id,
        model_name=model.model_name,
        file_path=model.file_path,
    )
