"""Write into the deployment's row what an update has changed in the cloud."""

from activities.support.phase import phase
from shared.errors.waiting import Cancelled
from shared.services import Services
from shared.wire.phases import KeepUpdate, PhaseResult


@phase("Recording what has changed.", cancellable=False)
def keep_update(input: KeepUpdate, services: Services) -> PhaseResult:
    """Raises Cancelled where the row is no longer active."""
    changed = input.change.model_dump(mode="json")
    if not services.records.keep_update(input.run.deployment_id, changed):
        raise Cancelled
    return PhaseResult(message=f"Changed: {', '.join(sorted(changed))}.")
