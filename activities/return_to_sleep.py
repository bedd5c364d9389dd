"""Put the row of what could not be woken back to asleep; a deleted one stays deleted."""

from activities.support.phase import phase
from shared.domain.status import Status
from shared.services import Services
from shared.wire.phases import PhaseResult, ReturnToSleep


@phase("Putting it back to sleep.", cancellable=False)
def return_to_sleep(input: ReturnToSleep, services: Services) -> PhaseResult:
    """The row keeps why it could not be woken as its error."""
    if services.records.move(input.run.deployment_id, Status.ASLEEP, failure=input.failed):
        return PhaseResult(message=f"Asleep as before: {input.failed.code}.")
    return PhaseResult(message="The deployment was deleted.")
