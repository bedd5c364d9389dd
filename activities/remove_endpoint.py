"""Remove the endpoint where it is ours, empty, and nobody else is deploying to it."""

from activities.support.ownership import is_leaving
from activities.support.phase import phase
from activities.support.removal import begin_removal
from shared.domain.endpoint import Endpoint, Provisioning
from shared.services import Services
from shared.wire.phases import RemovedEndpoint, RemoveEndpoint


@phase("Removing the endpoint, if nobody else uses it.", cancellable=False)
def remove_endpoint(input: RemoveEndpoint, services: Services) -> RemovedEndpoint:
    """`in_use` in the result says that it is ours and stays because others use it."""
    run, target = input.run, services.target
    endpoint = target.provisioning.endpoint(run.endpoint_name)
    if endpoint is None:
        return RemovedEndpoint(message=f"Endpoint {run.endpoint_name} is gone.")
    if endpoint.marks.owner != run.user_id:
        return RemovedEndpoint(message=f"Endpoint {run.endpoint_name} stays: it is not ours.")
    if reason := _reason_to_stay(input, endpoint, services):
        return RemovedEndpoint(
            in_use=True, message=f"Endpoint {run.endpoint_name} stays: {reason}."
        )
    if endpoint.provisioning is Provisioning.REMOVING or begin_removal(
        lambda: target.provisioning.delete_endpoint(run.endpoint_name), endpoint.provisioning
    ):
        return RemovedEndpoint(waiting=True, message="Azure ML is removing the endpoint.")
    return RemovedEndpoint(waiting=True, message="Azure ML has to finish its change first.")


def _reason_to_stay(input: RemoveEndpoint, endpoint: Endpoint, services: Services) -> str | None:
    """None where it is to be removed."""
    run = input.run
    if endpoint.provisioning is Provisioning.REMOVING:
        return None
    made_by_run = endpoint.marks.deployment == run.deployment_id
    if input.only_if_made_by_run and not (
        made_by_run or is_leaving(endpoint.marks, services.records)
    ):
        return "it was there before"
    others = services.records.others_on(run.endpoint_name, run.deployment_id)
    if any(other.user_id == run.user_id for other in others):
        return "other deployments use it"
    if services.target.provisioning.deployments(run.endpoint_name):
        return "it still has deployments"
    return None
