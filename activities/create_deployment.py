"""The model behind the endpoint, at 0 % traffic: our score.py, a pinned environment."""

import azure.durable_functions as df

from activities.phase import phase
from activities.predecessor import is_leaving
from shared.errors import TransientError
from shared.naming import DEPLOYMENT_TAG, tags_of
from shared.refusals import DeploymentNameTaken
from shared.schemas.endpoint import DeploymentPlan, Provisioning
from shared.schemas.phases import CreatedDeployment, CreateDeployment
from shared.services import Services

bp = df.Blueprint()


@phase(bp, "Building the environment and starting the container.")
def create_deployment(request: CreateDeployment, services: Services) -> CreatedDeployment:
    run, target = request.run, services.serving
    deployment = target.deployment(run.endpoint_name, run.deployment_name)
    if deployment is None:
        target.begin_deployment(_plan(request))
        deployment = target.deployment(run.endpoint_name, run.deployment_name)
    if deployment is None:
        return CreatedDeployment(waiting=True, message="Azure ML is creating the deployment.")
    if deployment.tags.get(DEPLOYMENT_TAG) != run.deployment_id:
        if deployment.state == "Deleting" or is_leaving(deployment.tags, services.records):
            return CreatedDeployment(waiting=True, message="Waiting for its predecessor to go.")
        raise DeploymentNameTaken(run.deployment_name, run.endpoint_name)
    if deployment.provisioning is Provisioning.RUNNING:
        return CreatedDeployment(
            waiting=True, message="Azure ML is building the image and starting the container."
        )
    if deployment.provisioning is Provisioning.FAILED:
        failure = target.failure_of_deployment(run.endpoint_name, run.deployment_name)
        if isinstance(failure, TransientError):
            target.begin_deployment(_plan(request))
        raise failure
    endpoint = target.endpoint(run.endpoint_name)
    return CreatedDeployment(
        traffic_before=endpoint.traffic if endpoint else {},
        message=f"{run.instance_type} x{run.instance_count} is up, with no traffic yet.",
    )


def _plan(request: CreateDeployment) -> DeploymentPlan:
    run, serving = request.run, request.serving
    return DeploymentPlan(
        endpoint_name=run.endpoint_name,
        deployment_name=run.deployment_name,
        model_name=request.model.name,
        model_version=request.model.version,
        environment_name=serving.environment_name,
        requirements=serving.requirements,
        instance_type=run.instance_type,
        instance_count=run.instance_count,
        tags=tags_of(run),
    )
