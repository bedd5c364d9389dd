"""End the run's operation, where the deployment's own status does not end it."""

from activities.support.phase import phase
from shared.domain.operation import OperationStatus
from shared.services import Services
from shared.wire.phases import EndOperation, PhaseResult


@phase("", cancellable=False, silent=True)
def end_operation(input: EndOperation, services: Services) -> PhaseResult:
    """Record the end once; does nothing for a run that began before there were operations."""
    status = OperationStatus.FAILED if input.failed else OperationStatus.SUCCEEDED
    if input.run.operation_id:
        services.records.end_operation(input.run.operation_id, status, input.failed)
    return PhaseResult(message=f"The operation has {status}.")
