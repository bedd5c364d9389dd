"""An endpoint of this name that is ours and ready; begun once, then observed."""

from activities.support.ownership import maker_of, tags_of
from activities.support.phase import phase
from shared.domain.endpoint import Provisioning
from shared.domain.naming import OWNER_TAG
from shared.errors import TransientError
from shared.errors.requests import EndpointNameTaken
from shared.services import Services
from shared.wire.phases import CreateEndpoint, PhaseResult


@phase("Creating the endpoint.")
def create_endpoint(input: CreateEndpoint, services: Services) -> PhaseResult:
    run, target = input.run, services.target
    endpoint = target.endpoint(run.endpoint_name)
    if endpoint is None:
        target.begin_endpoint(run.endpoint_name, tags_of(run))
        endpoint = target.endpoint(run.endpoint_name)
    if endpoint is not None and endpoint.tags.get(OWNER_TAG) != run.user_id:
        if maker_of(endpoint.tags, services.records) is None:
            raise EndpointNameTaken(run.endpoint_name)
        # The database gave the name to this run: its last owner has left it.
        return PhaseResult(waiting=True, message="Waiting for the name's last owner to be gone.")
    if endpoint is None or endpoint.provisioning is Provisioning.RUNNING:
        return PhaseResult(waiting=True, message="Azure ML is creating the endpoint.")
    if endpoint.provisioning is Provisioning.FAILED:
        failure = target.failure_of_endpoint(run.endpoint_name)
        if isinstance(failure, TransientError):
            target.begin_endpoint(run.endpoint_name, tags_of(run))
        raise failure
    return PhaseResult(message=f"Endpoint {run.endpoint_name} is ready.")
