"""Replace a living deployment's environment variables: new containers of the same image."""

from activities.support.phase import phase
from activities.support.updating import bring_about
from shared.services import Services
from shared.wire.phases import ChangeVariables, PhaseResult


@phase("Replacing the containers by ones with the new variables.", cancellable=False)
def change_variables(input: ChangeVariables, services: Services) -> PhaseResult:
    """Raises Cancelled, DeploymentMissing, and what the cloud refuses."""
    run, wanted = input.run, input.environment_variables
    if not bring_about(
        services,
        input,
        lambda found: found.environment_variables == wanted,
        lambda: services.target.provisioning.put_variables(
            run.endpoint_name, run.deployment_name, wanted
        ),
    ):
        return PhaseResult(waiting=True, message="Azure ML is replacing the containers.")
    return PhaseResult(message=f"The containers have {len(wanted)} variables of yours.")
