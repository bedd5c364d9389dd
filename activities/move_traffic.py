"""Move traffic and mirror as asked, unless they are no longer what the caller saw."""

from activities.support.phase import phase
from activities.support.traffic import move, refuse_other_traffic, shares_of, tell_the_others
from shared.services import Services
from shared.wire.phases import MoveTraffic, PhaseResult


@phase("Moving the traffic.", cancellable=False)
def move_traffic(input: MoveTraffic, services: Services) -> PhaseResult:
    """Raises TrafficChanged where the traffic is neither what was expected nor what is wanted;
    EndpointVanished.
    """
    run, wanted = input.run, input.wanted
    if not refuse_other_traffic(services, run, input.expected, wanted):
        return PhaseResult(waiting=True, message="Azure ML is still busy with the endpoint.")
    there = move(services, run, lambda _: wanted)
    if there is None:
        return PhaseResult(waiting=True, message="Azure ML is moving the traffic.")
    tell_the_others(services, run, there)
    return PhaseResult(message=f"Traffic: {shares_of(there, wanted.names)}.")
