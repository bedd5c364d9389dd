"""Make the row failed, with the reason and the fix; a deleted row stays deleted."""

from activities.support.phase import phase
from shared.domain.status import Status
from shared.domain.timeline import Event
from shared.services import Services
from shared.wire.phases import PhaseResult, RecordFailure

REMOVED = "What this run had made is removed."
LEFT = "Not everything that this run had made could be removed; the sweeper tries again."


@phase("Recording the failure.", cancellable=False)
def record_failure(input: RecordFailure, services: Services) -> PhaseResult:
    """Also ends the deployment's operation, and tells the reason in the timeline."""
    run, failed = input.run, input.failed
    services.records.record(
        Event(
            deployment_id=run.deployment_id,
            operation_id=run.operation_id,
            phase=input.phase,
            status="failed",
            message=failed.as_text,
            detail=failed.detail,
            error=failed,
        )
    )
    left = REMOVED if input.clean else LEFT
    if services.records.move(run.deployment_id, Status.FAILED, failure=failed):
        return PhaseResult(message=f"Failed: {failed.code}. {left}")
    return PhaseResult(message=f"The deployment was deleted. {left}")
