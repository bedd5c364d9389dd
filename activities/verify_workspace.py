"""Check workspace, rights, quota and whose the endpoint name is, before anything costs money."""

from activities.support.ownership import Standing, standing_of_endpoint
from activities.support.phase import phase
from activities.support.room import (
    cost_of,
    instances_of,
    refuse_unknown_scaling,
    refuse_without_quota,
)
from shared.errors.requests import EndpointNameTaken, InvalidRequest
from shared.services import Services
from shared.wire.phases import VerifiedWorkspace, VerifyWorkspace


@phase("Checking workspace, rights, quota and names.")
def verify_workspace(input: VerifyWorkspace, services: Services) -> VerifiedWorkspace:
    """The workspace's region and what the deployment will cost.

    Raises InvalidRequest, EndpointNameTaken, QuotaTooSmall, and what Preflight raises.
    """
    run, target = input.run, services.target
    spec = run.spec
    workspace = target.preflight.workspace()
    for name in (run.endpoint_name, run.deployment_name):
        if not target.names.take(name):
            raise InvalidRequest(f"{name}: {target.kind} takes names of {target.names.rule}.")
    endpoint = target.provisioning.endpoint(run.endpoint_name)
    if standing_of_endpoint(endpoint, run, services.records) is Standing.FOREIGN:
        raise EndpointNameTaken(run.endpoint_name)
    refuse_unknown_scaling(target, spec)
    size = services.sizes.named(spec.instance_type)
    refuse_without_quota(services, size, spec.most_instances, region=workspace.location)
    cost = cost_of(spec, size, workspace.location)
    where = f"{workspace.name} in {workspace.location}"
    return VerifiedWorkspace(
        location=workspace.location,
        usd_per_hour=size.usd_per_hour(workspace.location, spec.instance_count),
        message=f"{where} has room for {instances_of(spec)}.{cost}",
    )
