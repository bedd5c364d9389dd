"""Create the deployment at 0 % traffic, with our score.py and a pinned environment."""

from activities.support.ownership import Standing, marks_of, standing_of_deployment
from activities.support.phase import phase
from activities.support.traffic import require_settled
from shared.domain.endpoint import DeploymentPlan, Provisioning
from shared.errors import TransientError
from shared.errors.requests import DeploymentNameTaken
from shared.services import Services
from shared.wire.phases import CreatedDeployment, CreateDeployment


@phase("Building the environment and starting the container.")
def create_deployment(input: CreateDeployment, services: Services) -> CreatedDeployment:
    """Put it once, then observe it; the result has the endpoint's traffic of before.

    Raises DeploymentNameTaken, EndpointVanished, or why the cloud could not provision it. Where
    that may pass, it is put again first.
    """
    run, cloud = input.run, services.target.provisioning
    deployment = cloud.deployment(run.endpoint_name, run.deployment_name)
    if deployment is None:
        if require_settled(services.target, run.endpoint_name) is None:
            return CreatedDeployment(waiting=True, message="Waiting for the endpoint's change.")
        cloud.put_deployment(_plan(input))
        deployment = cloud.deployment(run.endpoint_name, run.deployment_name)
    standing = standing_of_deployment(deployment, run, services.records)
    if standing is Standing.FOREIGN:
        raise DeploymentNameTaken(run.deployment_name, run.endpoint_name)
    if standing is Standing.LEAVING:
        return CreatedDeployment(waiting=True, message="Waiting for the one before it to go.")
    if deployment is None or deployment.provisioning.runs:
        return CreatedDeployment(
            waiting=True, message="Azure ML is building the image and starting the container."
        )
    if deployment.provisioning is Provisioning.FAILED:
        failure = cloud.why_deployment_failed(run.endpoint_name, run.deployment_name)
        if isinstance(failure, TransientError):
            cloud.put_deployment(_plan(input))
        raise failure
    endpoint = cloud.endpoint(run.endpoint_name)
    return CreatedDeployment(
        traffic_before=endpoint.traffic if endpoint else {},
        mirror_before=endpoint.mirror if endpoint else {},
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
        marks=marks_of(run),
    )
