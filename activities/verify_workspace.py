"""Before anything costs money: workspace, rights, quota, and whose the endpoint name is."""

import azure.durable_functions as df

from activities.phase import phase
from activities.predecessor import maker_of
from shared.naming import OWNER_TAG
from shared.ports import ServingTarget
from shared.pricing import CATALOGUE
from shared.refusals import EndpointNameTaken, QuotaTooSmall, fits
from shared.schemas.phases import VerifiedWorkspace, VerifyWorkspace
from shared.services import Services

bp = df.Blueprint()


@phase(bp, "Checking workspace, rights, quota and names.")
def verify_workspace(request: VerifyWorkspace, services: Services) -> VerifiedWorkspace:
    run, target = request.run, services.serving
    workspace = target.workspace()
    endpoint = target.endpoint(run.endpoint_name)
    if (
        endpoint
        and endpoint.tags.get(OWNER_TAG) != run.user_id
        and maker_of(endpoint.tags, services.records) is None
    ):
        raise EndpointNameTaken(run.endpoint_name)
    _refuse_without_quota(target, run.instance_type, run.instance_count)
    price = CATALOGUE[run.instance_type].usd_per_hour(workspace.location, run.instance_count)
    cost = f" About ${price:.3f} an hour." if price is not None else ""
    return VerifiedWorkspace(
        location=workspace.location,
        usd_per_hour=price,
        message=f"{workspace.name} in {workspace.location} has room for "
        f"{run.instance_type} x{run.instance_count}.{cost}",
    )


def _refuse_without_quota(target: ServingTarget, instance_type: str, instances: int) -> None:
    quota = target.quota(instance_type)
    if not fits(quota, instances):
        raise QuotaTooSmall(quota, instances, [target.quota(name) for name in CATALOGUE])
