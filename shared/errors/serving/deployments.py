"""A deployment: its quota, image and container, its predictions, and its release."""

from collections.abc import Iterable

from shared.domain.catalogue import CATALOGUE, QUOTA_RESERVE, Catalogue
from shared.domain.endpoint import Prediction
from shared.domain.quota import Quota, fitting_in_place_of
from shared.errors.base import UserFacingError
from shared.errors.commands import DEPLOYMENT, DETAIL, LIST_DEPLOYMENTS, SHOW_ENDPOINT, deploy
from shared.errors.serving.workspace import AS_PRINCIPAL, WORKSPACE_ID, ServingRefused

_IDS = ("x-request-id", "x-ms-request-id", "x-ms-client-request-id")
"""Headers by which Microsoft's support finds a prediction."""


class QuotaTooSmall(ServingRefused):
    code = "quota_too_small"
    cause = (
        "The subscription has not enough cores for this instance type in this region."
        " Azure ML keeps 20 % in reserve for upgrades, so even one instance counts twice."
    )
    fix = (
        "Deploy with the smaller type that the message names, remove a deployment, or ask"
        " for more cores: docs/quota.md."
    )
    look = "Azure ML studio: Quota. Azure portal: the workspace, Usage + quotas."
    command = 'az ml compute list-usage --location "$REGION" -o table\n' + deploy(
        ', "instance_type": "Standard_DS1_v2"'
    )
    seen = DEPLOYMENT

    @classmethod
    def of(
        cls,
        quota: Quota,
        instances: int,
        others: Iterable[Quota] = (),
        *,
        sizes: Catalogue = CATALOGUE,
        region: str | None = None,
    ) -> "QuotaTooSmall":
        """`others`: what is left for the sizes that may be named in its place."""
        asked = sizes[quota.instance_type]
        needed = asked.cores_of_quota(instances)
        fitting = fitting_in_place_of(asked, instances, others, sizes, region)
        return cls(
            f"{quota.instance_type} x{instances} needs {needed} cores of quota "
            f"({QUOTA_RESERVE - 1:.0%} are reserved for upgrades), {quota.left} are left"
            + (f": {fitting} would fit." if fitting else ", and no smaller size fits into them."),
            fix=(f"Deploy with instance_type {fitting}, or ask" if fitting else "Ask")
            + " for more cores under Quota in Azure ML studio, or remove a deployment.",
        )


class ContainerCrashed(ServingRefused):
    code = "container_crashed"
    cause = (
        "The container does not come up: the model needs more memory than the instance"
        " has, or loading it raises. The message has the last exception of the log."
    )
    fix = (
        "Choose a larger instance_type; check that the model loads with the versions it was"
        " saved with."
    )
    look = (
        "Azure ML studio: Endpoints, the endpoint, Logs. The end of the log is also in the"
        " timeline, which outlives the container."
    )
    command = (
        f'{DETAIL}\naz ml online-deployment get-logs -e "$ENDPOINT" -n "$NAME" --lines'
        " 200\naz ml online-deployment get-logs -e"
        ' "$ENDPOINT" -n "$NAME" --container storage-initializer'
    )
    seen = DEPLOYMENT


class ImageBuildFailed(ServingRefused):
    code = "image_build_failed"
    cause = (
        "The model's environment cannot be installed: a pinned version has left the"
        " package index, or the workspace's registry cannot build."
    )
    fix = (
        "Save the model with a current scikit-learn and deploy again. If every model fails,"
        " check the workspace's container registry."
    )
    look = "Azure ML studio: Environments, Custom environments, `slipway-serving-...`, Build log."
    command = 'az ml environment list -o table\naz ml environment show -n "$ENVIRONMENT" -v 1'
    seen = DEPLOYMENT


class PredictionFailed(ServingRefused):
    code = "test_prediction_failed"
    cause = (
        "The container is up, but one example row was not answered with 200: at once, or"
        " still not after a minute of 404, 429, 502 or 503 (three times 408 or 504)."
    )
    fix = "Read the log; try the model on one row of its training data."
    look = (
        "The timeline: the phase `verify_deployment` holds the end of the log, which"
        " outlives the container."
    )
    command = DETAIL
    seen = DEPLOYMENT

    def __init__(self, answer: Prediction, deployment: str, log_tail: str | None) -> None:
        ids = [f"{name}: {answer.headers[name]}" for name in _IDS if name in answer.headers]
        super().__init__(
            f"{deployment} answered an example row with HTTP {answer.status}: {answer.body[:300]}",
            detail="\n\n".join(filter(None, ("\n".join(ids), log_tail))) or None,
        )


class SecretsInjectionFailed(ServingRefused):
    code = "secrets_injection_failed"
    cause = "Azure ML could not hand the deployment its secrets."
    fix = (
        "Give the endpoint's identity the role `Azure Machine Learning Workspace Connection"
        " Secrets Reader` on the workspace; then deploy again."
    )
    look = "Azure portal: the workspace, Access control (IAM)."
    command = (
        f"PRINCIPAL=$({SHOW_ENDPOINT} --query identity.principal_id -o tsv)\n"
        f"az role assignment create {AS_PRINCIPAL} --role"
        ' "Azure Machine Learning Workspace Connection Secrets Reader" --scope'
        f' "{WORKSPACE_ID}"'
    )
    seen = DEPLOYMENT


class DeploymentMissing(ServingRefused):
    code = "deployment_missing"
    cause = (
        "The deployment is no longer in Azure ML: it was removed outside Slipway, or a"
        " failed one was cleaned up."
    )
    fix = "Deploy again. A failed deployment's last log is in its timeline."
    look = "Azure ML studio: Endpoints, the endpoint, Deployments."
    command = LIST_DEPLOYMENTS
    retry = "no; deploy again"

    def __init__(self, endpoint_name: str, name: str) -> None:
        super().__init__(f"The endpoint {endpoint_name} has no deployment called {name}.")


class EndpointVanished(ServingRefused):
    code = "endpoint_vanished"
    cause = "The endpoint is no longer in Azure ML: somebody removed it outside Slipway."
    fix = "Deploy again. The sweeper marks its deployments as failed within 15 minutes."
    look = "Azure ML studio: Endpoints."
    command = (
        'az ml online-endpoint list -o table\naz monitor activity-log list -g "$RG"'
        " --offset 7d --query \"[?contains(operationName.value, 'onlineEndpoints/delete')]\""
    )
    retry = "no; deploy again"

    def __init__(self, name: str) -> None:
        super().__init__(f"The endpoint {name} is not in Azure ML any more.")


class ReleaseRefused(UserFacingError):
    """A release that has ended badly; the traffic is where it was before."""

    status = 409


class ReleaseRejected(ReleaseRefused):
    code = "release_rejected"
    cause = (
        "The new revision was worse than its limits, or than the revision that it should replace,"
        " in the same minutes. The traffic is back where it was before."
    )
    fix = "Read the message's numbers and the log, mend the model, and deploy again."
    look = "The phase `watch_release` of the timeline."
    command = DETAIL
    retry = "no; deploy a better model, or with wider limits"
    seen = DEPLOYMENT

    def __init__(self, why: str, new: str, old: str) -> None:
        super().__init__(f"{why} The new revision had {new}; the old one {old}.")


class ReleaseAborted(ReleaseRefused):
    code = "release_aborted"
    cause = "Somebody aborted the release, or it was paused for longer than a week."
    fix = "Nothing to do; deploy again when you want it."
    look = "The phase `step_release` of the timeline."
    command = DETAIL
    retry = "no; deploy again"
    seen = DEPLOYMENT

    def __init__(self, why: str = "The release was aborted, as asked.") -> None:
        super().__init__(f"{why} The traffic is where it was before.")
