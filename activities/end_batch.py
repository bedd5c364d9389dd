"""End the batch's operation: succeeded where none of its deployments failed."""

from activities.support.phase import phase
from shared.domain.operation import OperationStatus
from shared.errors.waiting import BatchIncomplete
from shared.services import Services
from shared.wire.batch import EndBatch
from shared.wire.outcome import Failed
from shared.wire.phases import PhaseResult


@phase("", cancellable=False, silent=True)
def end_batch(input: EndBatch, services: Services) -> PhaseResult:
    """Record the end once; does nothing where the batch is gone with its user."""
    batch = services.records.batch(input.run.batch_id)
    if batch is None:
        return PhaseResult()
    if batch.failed:
        error = Failed.because(BatchIncomplete(batch.failed, batch.total))
        services.records.end_operation(batch.batch_id, OperationStatus.FAILED, error)
    else:
        services.records.end_operation(batch.batch_id, OperationStatus.SUCCEEDED)
    return PhaseResult(message=f"{batch.active} of {batch.total} are active.")
