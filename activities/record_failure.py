"""The row becomes failed, with the reason and the fix; a deleted row stays deleted."""

import azure.durable_functions as df

from activities.phase import phase
from shared.lifecycle import Status
from shared.schemas.deployment import Event
from shared.schemas.phases import Progress, RecordFailure
from shared.services import Services

bp = df.Blueprint()

REMOVED = "What this run had made is removed."
LEFT = "Not everything that this run had made could be removed; the sweeper tries again."


@phase(bp, "Recording the failure.", cancellable=False)
def record_failure(request: RecordFailure, services: Services) -> Progress:
    run, failed = request.run, request.failed
    services.records.record(
        Event(
            deployment_id=run.deployment_id,
            phase=request.phase,
            status="failed",
            message=failed.explained,
            detail=failed.detail,
        )
    )
    left = REMOVED if request.clean else LEFT
    if services.records.move(run.deployment_id, Status.FAILED, error_message=failed.explained):
        return Progress(message=f"Failed: {failed.code}. {left}")
    return Progress(message=f"The deployment was deleted. {left}")
