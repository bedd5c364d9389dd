"""Move all traffic to the verified deployment; what served before stays beside it at 0 %."""

from activities.support.phase import phase
from activities.support.traffic import all_to, move
from shared.services import Services
from shared.wire.phases import PhaseResult, ShiftTraffic


@phase("Moving all traffic to the new deployment.")
def shift_traffic(input: ShiftTraffic, services: Services) -> PhaseResult:
    """Raises EndpointVanished, or why an earlier change of the endpoint failed."""
    name = input.run.deployment_name
    if move(services, input.run, lambda endpoint: all_to(name, endpoint)) is None:
        return PhaseResult(waiting=True, message="Azure ML is moving the traffic.")
    return PhaseResult(message=f"{name} carries 100 % of the traffic.")
