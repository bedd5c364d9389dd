"""Check that a deployment to be changed is there, and that the quota has room for the change."""

from activities.support.phase import phase
from activities.support.room import (
    cost_of,
    instances_of,
    refuse_unknown_scaling,
    refuse_without_quota,
)
from activities.support.updating import require_deployment
from shared.services import Services
from shared.wire.phases import VerifiedUpdate, VerifyUpdate


@phase("Checking the deployment, its quota and its price.", cancellable=False)
def verify_update(input: VerifyUpdate, services: Services) -> VerifiedUpdate:
    """How many instances run now. Quota is checked for the most that may run, less those.

    Raises Cancelled, DeploymentMissing, InvalidRequest, QuotaTooSmall.
    """
    run, change, target = input.run, input.change, services.target
    found = require_deployment(services, run)
    if found.provisioning.runs:
        return VerifiedUpdate(waiting=True, message="Waiting for the deployment's other change.")
    wanted = run.spec.model_copy(
        update={
            "instance_count": change.instance_count or found.instance_count,
            "autoscale": change.limits(run.spec.autoscale),
        }
    )
    refuse_unknown_scaling(target, wanted)
    region = target.preflight.workspace().location
    size = services.sizes.named(wanted.instance_type)
    if change.instance_count or change.autoscales:
        refuse_without_quota(
            services, size, wanted.most_instances, region=region, held=found.instance_count
        )
    cost = cost_of(wanted, size, region)
    return VerifiedUpdate(
        instance_count=found.instance_count,
        message=f"There is room for {instances_of(wanted)}.{cost}",
    )
