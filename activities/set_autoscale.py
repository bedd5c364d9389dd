"""Make, change or remove the setting by which the cloud changes the number of instances."""

from activities.support.phase import phase
from activities.support.updating import require_deployment, set_scaling
from shared.services import Services
from shared.wire.phases import PhaseResult, SetAutoscale


@phase("Setting how the number of instances follows the load.", cancellable=False)
def set_autoscale(input: SetAutoscale, services: Services) -> PhaseResult:
    """Raises Cancelled, DeploymentMissing, and what the cloud refuses."""
    require_deployment(services, input.run)
    return PhaseResult(message=set_scaling(services, input.run, input.autoscale))
