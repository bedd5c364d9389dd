"""The deployment is gone from Azure ML; called again until it is.

One that failed, for whatever reason, leaves the end of its log in the timeline.
"""

import azure.durable_functions as df

from activities.log_tail import log_tail
from activities.phase import phase
from shared.errors import TransientError
from shared.lifecycle import Status
from shared.naming import DEPLOYMENT_TAG
from shared.ports import ServingTarget
from shared.schemas.deployment import Event
from shared.schemas.endpoint import Deployment, Provisioning
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
    return _begin(target, run, deployment)


def _begin(target: ServingTarget, run: Run, deployment: Deployment) -> Progress:
    """Also while it is being created, which takes and costs minutes; unless Azure ML insists."""
    try:
        target.begin_delete_deployment(run.endpoint_name, run.deployment_name)
    except TransientError as trouble:
        if trouble.code != "endpoint_busy" or deployment.provisioning is not Provisioning.RUNNING:
            raise
        return Progress(waiting=True, message="Azure ML has to finish creating it first.")
    return Progress(waiting=True, message="Azure ML is removing the deployment.")


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
