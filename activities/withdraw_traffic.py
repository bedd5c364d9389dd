"""No traffic to this deployment any more; it goes back to what was there before."""

from activities.support.phase import phase
from activities.support.traffic import carrying
from shared.domain.endpoint import Provisioning
from shared.domain.status import Status
from shared.services import Services
from shared.wire.phases import PhaseResult, WithdrawTraffic


@phase("Taking the traffic away from it.", cancellable=False)
def withdraw_traffic(input: WithdrawTraffic, services: Services) -> PhaseResult:
    run, target = input.run, services.target
    endpoint = target.provisioning.endpoint(run.endpoint_name)
    if endpoint is None or endpoint.marks.owner != run.user_id:
        return PhaseResult(message="There is no endpoint of ours to take traffic from.")
    if endpoint.provisioning is Provisioning.CREATING:
        return PhaseResult(message="The endpoint is new and has no traffic yet.")
    if endpoint.provisioning.runs:
        return PhaseResult(waiting=True, message="Azure ML is still busy with the endpoint.")
    if not carrying(endpoint).get(run.deployment_name.lower()):
        services.records.record_traffic(run.endpoint_name, endpoint.traffic)
        return PhaseResult(message=f"{run.deployment_name} carries no traffic.")
    target.provisioning.put_traffic(run.endpoint_name, _successors(input, services))
    return PhaseResult(waiting=True, message="Azure ML is moving the traffic.")


def _successors(input: WithdrawTraffic, services: Services) -> dict[str, int]:
    """What carried traffic before, else the newest active deployment that remains, else nobody."""
    run = input.run
    present = {
        found.name.lower(): found.name
        for found in services.target.provisioning.deployments(run.endpoint_name)
    }
    restore = {name.lower(): share for name, share in input.restore.items() if share}
    if restore and run.deployment_name.lower() not in restore and present.keys() >= restore.keys():
        return {present[name]: share for name, share in restore.items()}
    for other in services.records.others_on(run.endpoint_name, run.deployment_id):
        if other.status is Status.ACTIVE and other.deployment_name.lower() in present:
            return {other.deployment_name: 100}
    return {}
