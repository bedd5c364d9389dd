"""All traffic to the verified deployment; what was there before stays beside it."""

from activities.support.phase import phase
from activities.support.traffic import carrying, require_settled
from shared.services import Services
from shared.wire.phases import PhaseResult, ShiftTraffic


@phase("Moving all traffic to the new deployment.")
def shift_traffic(input: ShiftTraffic, services: Services) -> PhaseResult:
    run, target = input.run, services.target
    wanted = {run.deployment_name.lower(): 100}
    endpoint = require_settled(target, run.endpoint_name)
    if endpoint is not None and carrying(endpoint) != wanted:
        target.provisioning.put_traffic(run.endpoint_name, {run.deployment_name: 100})
        endpoint = require_settled(target, run.endpoint_name)
    if endpoint is None or carrying(endpoint) != wanted:
        return PhaseResult(waiting=True, message="Azure ML is moving the traffic.")
    services.records.record_traffic(run.endpoint_name, endpoint.traffic)
    return PhaseResult(message=f"{run.deployment_name} carries 100 % of the traffic.")
