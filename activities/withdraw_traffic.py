"""Take all traffic from this deployment and give it back to what served before."""

from activities.support.phase import phase
from activities.support.traffic import split_of
from shared.domain.endpoint import Endpoint, Provisioning
from shared.domain.status import Status
from shared.domain.traffic import TrafficSplit, carrying, in_proportion
from shared.services import Services
from shared.wire.phases import PhaseResult, WithdrawTraffic


@phase("Taking the traffic away from it.", cancellable=False)
def withdraw_traffic(input: WithdrawTraffic, services: Services) -> PhaseResult:
    """Nothing is copied to it any more, either. An endpoint that is not ours stays as it is."""
    run, target = input.run, services.target
    endpoint = target.provisioning.endpoint(run.endpoint_name)
    if endpoint is None or endpoint.marks.owner != run.user_id:
        return PhaseResult(message="There is no endpoint of ours to take traffic from.")
    if endpoint.provisioning is Provisioning.CREATING:
        return PhaseResult(message="The endpoint is new and has no traffic yet.")
    if endpoint.provisioning.runs:
        return PhaseResult(waiting=True, message="Azure ML is still busy with the endpoint.")
    there, name = split_of(endpoint), run.deployment_name.lower()
    if name not in there.traffic and name not in there.mirror:
        services.records.record_traffic(
            run.endpoint_name, there.traffic, there.mirror, run.operation_id
        )
        return PhaseResult(message=f"{run.deployment_name} carries no traffic.")
    traffic = _successors(input, services, endpoint)
    ends = {name, *carrying(traffic)}
    mirror = {other: share for other, share in endpoint.mirror.items() if other.lower() not in ends}
    target.provisioning.put_traffic(run.endpoint_name, TrafficSplit(traffic=traffic, mirror=mirror))
    return PhaseResult(waiting=True, message="Azure ML is moving the traffic.")


def _successors(input: WithdrawTraffic, services: Services, endpoint: Endpoint) -> dict[str, int]:
    """Who gets its traffic, by name: those that had it before the run, if all are there still.

    Else those that share it now, in proportion; else the newest active deployment; else nobody.
    """
    run = input.run
    present = {
        found.name.lower(): found.name
        for found in services.target.provisioning.deployments(run.endpoint_name)
    }
    restore = {name.lower(): share for name, share in input.restore.items() if share}
    if restore and run.deployment_name.lower() not in restore and present.keys() >= restore.keys():
        return {present[name]: share for name, share in restore.items()}
    sharing = {
        present[name]: share
        for name, share in carrying(endpoint.traffic).items()
        if name in present and name != run.deployment_name.lower()
    }
    if sharing:
        return in_proportion(sharing)
    for other in services.records.others_on(run.endpoint_name, run.deployment_id):
        if other.status is Status.ACTIVE and other.deployment_name.lower() in present:
            return {other.deployment_name: 100}
    return {}
