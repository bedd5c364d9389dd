"""Replacing an endpoint's keys: one rotation of it at a time, whichever deployment asked."""

from shared.domain.deployment import DeploymentRow
from shared.domain.operation import OperationKind
from shared.errors import UserFacingError
from shared.use_cases.deploy import Initiator
from shared.wire.outcome import Failed


def begin_rotation(initiator: Initiator, row: DeploymentRow) -> str:
    """Start it; its operation's id. Conflict rotation_running, not_active; Unavailable."""
    operation_id = initiator.data.request_operation(row.id, OperationKind.ROTATE_KEYS)
    try:
        initiator.start(OperationKind.ROTATE_KEYS, operation_id, row)
    except UserFacingError as error:
        initiator.data.abandon_operation(operation_id, Failed.because(error))
        raise
    return operation_id
