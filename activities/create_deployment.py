"""The model behind the endpoint, at 0 % traffic: our score.py, a pinned environment."""

from activities.support.ownership import is_leaving, tags_of
from activities.support.phase import phase
from shared.domain.endpoint import DeploymentPlan, Provisioning
from shared.domain.naming import DEPLOYMENT_TAG
from shared.errors import TransientError
from shared.errors.requests import DeploymentNameTaken
from shared.services import Services
from shared.wire.phases import CreatedDeployment, CreateDeployment


@phase("Building the environment and starting the container.")
def create_deployment(input: CreateDeployment, services: Services) -> CreatedDeployment:
    run, target = input.run, services.target
    deployment = target.deployment(run.endpoint_name, run.deployment_name)
    if deployment is None:
        target.begin_deployment(_plan(input))
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
            target.begin_deployment(_plan(input))
        raise failure
    endpoint = target.endpoint(run.endpoint_name)
    return CreatedDeployment(
        traffic_before=endpoint.traffic if endpoint else {},
        message=f"{run.spec.instance_type} x{run.spec.instance_count} is up, with no traffic yet.",
    )


def _plan(input: CreateDeployment) -> DeploymentPlan:
    run, recipe = input.run, input.recipe
    return DeploymentPlan(
        endpoint_name=run.endpoint_name,
        deployment_name=run.deployment_name,
        model_name=input.model.name,
        model_version=input.model.version,
        environment_name=recipe.environment_name,
        requirements=recipe.requirements,
        spec=run.spec,
        tags=tags_of(run),
    )
