"""Before anything costs money: workspace, rights, quota, and whose the endpoint name is."""

from activities.support.ownership import Standing, standing_of_endpoint
from activities.support.phase import phase
from shared.domain.quota import fits
from shared.errors.requests import EndpointNameTaken, InvalidRequest
from shared.errors.serving import QuotaTooSmall
from shared.services import Services
from shared.wire.phases import VerifiedWorkspace, VerifyWorkspace


@phase("Checking workspace, rights, quota and names.")
def verify_workspace(input: VerifyWorkspace, services: Services) -> VerifiedWorkspace:
    run, target = input.run, services.target
    spec = run.spec
    workspace = target.preflight.workspace()
    for name in (run.endpoint_name, run.deployment_name):
        if not target.names.take(name):
            raise InvalidRequest(f"{name}: {target.kind} takes names of {target.names.rule}.")
    endpoint = target.provisioning.endpoint(run.endpoint_name)
    if standing_of_endpoint(endpoint, run, services.records) is Standing.FOREIGN:
        raise EndpointNameTaken(run.endpoint_name)
    size = services.sizes.named(spec.instance_type)
    quota = target.preflight.quota(size.name)
    if not fits(quota, size, spec.instance_count):
        sizes = services.sizes.all()
        others = target.preflight.quotas(tuple(sizes))
        raise QuotaTooSmall.of(
            quota, spec.instance_count, others, sizes=sizes, region=workspace.location
        )
    price = size.usd_per_hour(workspace.location, spec.instance_count)
    cost = f" About ${price:.3f} an hour." if price is not None else ""
    return VerifiedWorkspace(
        location=workspace.location,
        usd_per_hour=price,
        message=f"{workspace.name} in {workspace.location} has room for "
        f"{spec.instance_type} x{spec.instance_count}.{cost}",
    )
