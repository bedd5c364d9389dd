"""The deployment is gone from Azure ML; called again until it is."""

import azure.durable_functions as df

from activities.phase import phase
from shared.naming import DEPLOYMENT_TAG
from shared.schemas.endpoint import Provisioning
from shared.schemas.phases import Progress, RemoveDeployment
from shared.services import Services

bp = df.Blueprint()


@phase(bp, "Removing the deployment from Azure ML.", cancellable=False)
def remove_deployment(request: RemoveDeployment, services: Services) -> Progress:
    run, target = request.run, services.serving
    deployment = target.deployment(run.endpoint_name, run.deployment_name)
    if deployment is None or deployment.tags.get(DEPLOYMENT_TAG) != run.deployment_id:
        return Progress(message=f"{run.deployment_name} is gone.")
    if deployment.provisioning is not Provisioning.RUNNING:
        target.begin_delete_deployment(run.endpoint_name, run.deployment_name)
    return Progress(waiting=True, message="Azure ML is removing the deployment.")
