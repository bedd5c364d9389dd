"""Fail those deployments of a batch that have not begun, with the reason."""

from activities.support.phase import phase
from shared.services import Services
from shared.wire.batch import SkipWaiting
from shared.wire.phases import PhaseResult


@phase("", cancellable=False, silent=True)
def skip_waiting(input: SkipWaiting, services: Services) -> PhaseResult:
    """Their operations end with the same reason."""
    skipped = services.records.skip_waiting(input.run.batch_id, input.failed)
    return PhaseResult(message=f"{skipped} deployments that had not begun are skipped.")
