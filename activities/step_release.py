"""Give the new revision of a release its next share of the traffic, or of the copies."""

from activities.support.phase import phase
from activities.support.traffic import move, refuse_other_traffic, shares_of
from shared.services import Services
from shared.wire.phases import PhaseResult, StepRelease


@phase("Giving the new revision its next share.")
def step_release(input: StepRelease, services: Services) -> PhaseResult:
    """Raises TrafficChanged where the traffic is no longer as the step before left it."""
    if not refuse_other_traffic(services, input.run, input.expected, input.wanted):
        return PhaseResult(waiting=True, message="Azure ML is still busy with the endpoint.")
    there = move(services, input.run, lambda _: input.wanted)
    if there is None:
        return PhaseResult(waiting=True, message="Azure ML is moving the traffic.")
    return PhaseResult(message=f"Traffic: {shares_of(there, input.wanted.names)}.")
