"""Put a deployment back as it was before an update that failed."""

from activities.support.phase import phase
from activities.support.updating import bring_about, require_deployment, set_scaling
from shared.errors.serving import DeploymentMissing
from shared.errors.waiting import Cancelled
from shared.services import Services
from shared.wire.phases import PhaseResult, RestoreDeployment


@phase("Putting it back as it was.", cancellable=False)
def restore_deployment(input: RestoreDeployment, services: Services) -> PhaseResult:
    """Where the deployment has gone meanwhile, only its autoscale setting is removed."""
    run, change, cloud = input.run, input.change, services.target.provisioning
    place = run.endpoint_name, run.deployment_name
    try:
        require_deployment(services, run)
        if change.autoscales and input.poll == 0:
            set_scaling(services, run, run.spec.autoscale)
        settled = _restored(input, services)
    except (Cancelled, DeploymentMissing):
        if change.autoscales:
            cloud.delete_autoscale(*place)
        return PhaseResult(message="The deployment is gone; there is nothing to put back.")
    if not settled:
        return PhaseResult(waiting=True, message="Azure ML puts it back as it was.")
    return PhaseResult(message="The deployment is as it was.")


def _restored(input: RestoreDeployment, services: Services) -> bool:
    """Put variables back, then instances. False while the cloud works on one of them."""
    run, change, cloud = input.run, input.change, services.target.provisioning
    place = run.endpoint_name, run.deployment_name
    before, instances = run.spec.environment_variables, input.instance_count
    if change.environment_variables is not None and not bring_about(
        services,
        input,
        lambda found: found.environment_variables == before,
        lambda: cloud.put_variables(*place, before),
        mending=True,
    ):
        return False
    return change.instance_count is None or bring_about(
        services,
        input,
        lambda found: found.instance_count == instances,
        lambda: cloud.put_instances(*place, instances),
        mending=True,
    )
