"""The deployment is gone from Azure ML; called again until it is.

One that failed, for whatever reason, leaves the end of its log in the timeline.
"""

import azure.durable_functions as df

from activities.log_tail import log_tail
from activities.phase import phase
from activities.removal import begin_removal
from shared.lifecycle import Status
from shared.naming import DEPLOYMENT_TAG
from shared.schemas.deployment import Event
from shared.schemas.phases import Progress, RemoveDeployment, Run
from shared.services import Services

bp = df.Blueprint()


@phase(bp, "Removing the deployment from Azure ML.", cancellable=False)
def remove_deployment(request: RemoveDeployment, services: Services) -> Progress:
    run, target = request.run, services.serving
    deployment = target.deployment(run.endpoint_name, run.deployment_name)
    if deployment is None or deployment.tags.get(DEPLOYMENT_TAG) != run.deployment_id:
        return Progress(message=f"{run.deployment_name} is gone.")
    if deployment.state == "Deleting":
        return Progress(waiting=True, message="Azure ML is removing the deployment.")
    if request.poll == 0:
        _keep_log(run, services)
    if begin_removal(
        lambda: target.begin_delete_deployment(run.endpoint_name, run.deployment_name),
        deployment.provisioning,
    ):
        return Progress(waiting=True, message="Azure ML is removing the deployment.")
    return Progress(waiting=True, message="Azure ML has to finish creating it first.")


def _keep_log(run: Run, services: Services) -> None:
    row = services.records.deployment(run.deployment_id)
    if row is None or row.status not in (Status.DEPLOYING, Status.FAILED):
        return
    if tail := log_tail(services.serving, run):
        services.records.record(
            Event(
                deployment_id=run.deployment_id,
                phase="remove_deployment",
                status="note",
                message="The end of its log is kept in the detail.",
                detail=tail,
            )
        )
