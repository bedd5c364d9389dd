"""No traffic to this deployment any more; it goes back to what was there before."""

import azure.durable_functions as df

from activities.phase import phase
from activities.traffic import carrying
from shared.lifecycle import Status
from shared.naming import OWNER_TAG
from shared.schemas.endpoint import Provisioning
from shared.schemas.phases import Progress, WithdrawTraffic
from shared.services import Services

bp = df.Blueprint()


@phase(bp, "Taking the traffic away from it.", cancellable=False)
def withdraw_traffic(request: WithdrawTraffic, services: Services) -> Progress:
    run, target = request.run, services.serving
    endpoint = target.endpoint(run.endpoint_name)
    if endpoint is None or endpoint.tags.get(OWNER_TAG) != run.user_id:
        return Progress(message="There is no endpoint of ours to take traffic from.")
    if endpoint.state == "Creating":
        return Progress(message="The endpoint is new and has no traffic yet.")
    if endpoint.provisioning is Provisioning.RUNNING:
        return Progress(waiting=True, message="Azure ML is still busy with the endpoint.")
    if not carrying(endpoint).get(run.deployment_name.lower()):
        return Progress(message=f"{run.deployment_name} carries no traffic.")
    target.begin_traffic(run.endpoint_name, _successors(request, services))
    return Progress(waiting=True, message="Azure ML is moving the traffic.")


def _successors(request: WithdrawTraffic, services: Services) -> dict[str, int]:
    """What carried traffic before, else the newest active deployment that remains, else nobody."""
    run = request.run
    present = {
        found.name.lower(): found.name for found in services.serving.deployments(run.endpoint_name)
    }
    restore = {name.lower(): share for name, share in request.restore.items() if share}
    if restore and run.deployment_name.lower() not in restore and present.keys() >= restore.keys():
        return {present[name]: share for name, share in restore.items()}
    for other in services.records.others_on(run.endpoint_name, run.deployment_id):
        if other.status is Status.ACTIVE and other.deployment_name.lower() in present:
            return {other.deployment_name: 100}
    return {}
