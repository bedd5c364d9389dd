"""The operation has ended. What a deployment's own status tells needs no such phase."""

from activities.support.phase import phase
from shared.domain.operation import OperationStatus
from shared.services import Services
from shared.wire.phases import EndOperation, PhaseResult


@phase("", cancellable=False, silent=True)
def end_operation(input: EndOperation, services: Services) -> PhaseResult:
    """Records the end once. A run of before there were operations has none to end."""
    status = OperationStatus.FAILED if input.failed else OperationStatus.SUCCEEDED
    if input.run.operation_id:
        services.records.end_operation(input.run.operation_id, status, input.failed)
    return PhaseResult(message=f"The operation has {status}.")
