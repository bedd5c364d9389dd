"""An endpoint of this name that is ours and ready; begun once, then observed."""

import azure.durable_functions as df

from activities.phase import phase
from activities.predecessor import maker_of
from shared.errors import TransientError
from shared.naming import OWNER_TAG, tags_of
from shared.refusals import EndpointNameTaken
from shared.schemas.endpoint import Provisioning
from shared.schemas.phases import CreateEndpoint, Progress
from shared.services import Services

bp = df.Blueprint()


@phase(bp, "Creating the endpoint.")
def create_endpoint(request: CreateEndpoint, services: Services) -> Progress:
    run, target = request.run, services.serving
    endpoint = target.endpoint(run.endpoint_name)
    if endpoint is None:
        target.begin_endpoint(run.endpoint_name, tags_of(run))
        endpoint = target.endpoint(run.endpoint_name)
    if endpoint is not None and endpoint.tags.get(OWNER_TAG) != run.user_id:
        if maker_of(endpoint.tags, services.records) is None:
            raise EndpointNameTaken(run.endpoint_name)
        # The database gave the name to this run: its last owner has left it.
        return Progress(waiting=True, message="Waiting for the name's last owner to be gone.")
    if endpoint is None or endpoint.provisioning is Provisioning.RUNNING:
        return Progress(waiting=True, message="Azure ML is creating the endpoint.")
    if endpoint.provisioning is Provisioning.FAILED:
        failure = target.failure_of_endpoint(run.endpoint_name)
        if isinstance(failure, TransientError):
            target.begin_endpoint(run.endpoint_name, tags_of(run))
        raise failure
    return Progress(message=f"Endpoint {run.endpoint_name} is ready.")
