"""Change the number of instances of a living deployment."""

from activities.support.phase import phase
from activities.support.updating import bring_about
from shared.services import Services
from shared.wire.phases import PhaseResult, ScaleDeployment


@phase("Changing the number of instances.", cancellable=False)
def scale_deployment(input: ScaleDeployment, services: Services) -> PhaseResult:
    """Raises Cancelled, DeploymentMissing, and what the cloud refuses."""
    run, wanted = input.run, input.instance_count
    if not bring_about(
        services,
        input,
        lambda found: found.instance_count == wanted,
        lambda: services.target.provisioning.put_instances(
            run.endpoint_name, run.deployment_name, wanted
        ),
    ):
        return PhaseResult(waiting=True, message=f"Azure ML is making it {wanted} instances.")
    return PhaseResult(message=f"{run.deployment_name} runs with {wanted} instances.")
