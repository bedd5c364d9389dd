"""Remove the deployment from Azure ML; waits until it is gone.

One that failed, for whatever reason, leaves the end of its log in the timeline.
"""

from activities.support.logs import log_tail
from activities.support.phase import note, phase
from activities.support.removal import begin_removal
from activities.support.updating import forget_scaling
from shared.domain.endpoint import Provisioning
from shared.domain.status import Status
from shared.services import Services
from shared.wire.phases import PhaseResult, RemoveDeployment
from shared.wire.run import Run


@phase("Removing the deployment from Azure ML.", cancellable=False)
def remove_deployment(input: RemoveDeployment, services: Services) -> PhaseResult:
    """A deployment of that name that another row made stays. Its autoscale setting goes with it."""
    run, target = input.run, services.target
    deployment = target.provisioning.deployment(run.endpoint_name, run.deployment_name)
    if deployment is not None and deployment.marks.deployment != run.deployment_id:
        return PhaseResult(message=f"{run.deployment_name} is gone.")
    if input.poll == 0:
        forget_scaling(services, run)
    if deployment is None:
        return PhaseResult(message=f"{run.deployment_name} is gone.")
    if deployment.provisioning is Provisioning.REMOVING:
        return PhaseResult(waiting=True, message="Azure ML is removing the deployment.")
    if input.poll == 0:
        _keep_log(run, services)
    if begin_removal(
        lambda: target.provisioning.delete_deployment(run.endpoint_name, run.deployment_name),
        deployment.provisioning,
    ):
        return PhaseResult(waiting=True, message="Azure ML is removing the deployment.")
    return PhaseResult(waiting=True, message="Azure ML has to finish creating it first.")


def _keep_log(run: Run, services: Services) -> None:
    """Write the end of its log into the timeline, where it is or was being deployed."""
    row = services.records.deployment(run.deployment_id)
    if row is None or row.status not in (Status.DEPLOYING, Status.FAILED):
        return
    if tail := log_tail(services.target, run):
        kept = "The end of its log is kept in the detail."
        note(services.records, run, "remove_deployment", kept, detail=tail)
