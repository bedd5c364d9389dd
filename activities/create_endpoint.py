"""Create the endpoint, or wait for one of ours that is there: put once, then observed."""

from activities.support.ownership import Standing, marks_of, standing_of_endpoint
from activities.support.phase import phase
from shared.domain.endpoint import Provisioning
from shared.errors import TransientError
from shared.errors.requests import EndpointNameTaken
from shared.services import Services
from shared.wire.phases import CreateEndpoint, PhaseResult


@phase("Creating the endpoint.")
def create_endpoint(input: CreateEndpoint, services: Services) -> PhaseResult:
    """Raises EndpointNameTaken, or why the cloud could not provision it.

    Where that may pass, it is put again first.
    """
    run, cloud = input.run, services.target.provisioning
    endpoint = cloud.endpoint(run.endpoint_name)
    if endpoint is None:
        cloud.put_endpoint(run.endpoint_name, marks_of(run))
        endpoint = cloud.endpoint(run.endpoint_name)
    standing = standing_of_endpoint(endpoint, run, services.records)
    if standing is Standing.FOREIGN:
        raise EndpointNameTaken(run.endpoint_name)
    if standing is Standing.LEAVING:
        return PhaseResult(waiting=True, message="Waiting for the name's last owner to be gone.")
    if endpoint is None or endpoint.provisioning.runs:
        return PhaseResult(waiting=True, message="Azure ML is creating the endpoint.")
    if endpoint.provisioning is Provisioning.FAILED:
        failure = cloud.why_endpoint_failed(run.endpoint_name)
        if isinstance(failure, TransientError):
            cloud.put_endpoint(run.endpoint_name, marks_of(run))
        raise failure
    return PhaseResult(message=f"Endpoint {run.endpoint_name} is ready.")
