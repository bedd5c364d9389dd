"""What the cloud that serves models refuses for good."""

from collections.abc import Iterable

from shared.domain.catalogue import CATALOGUE, QUOTA_RESERVE, Catalogue
from shared.domain.endpoint import Prediction
from shared.domain.quota import Quota, fitting_in_place_of
from shared.errors.base import UserFacingError
from shared.errors.commands import (
    DEPLOYMENT,
    DETAIL,
    LIST_DEPLOYMENTS,
    RETRY,
    SHOW_ENDPOINT,
    deploy,
)

TITLE = "Azure ML refuses"
PROMISE = (
    "Trying again does not help before something is changed. The failed phase's `detail` in the"
    " timeline has Azure's own words and the ids that its support asks for."
)

WORKSPACE_ID = "$(az ml workspace show --query id -o tsv)"
AS_PRINCIPAL = '--assignee-object-id "$PRINCIPAL" --assignee-principal-type ServicePrincipal'

_IDS = ("x-request-id", "x-ms-request-id", "x-ms-client-request-id")
"""Headers by which Microsoft's support finds a prediction."""


class ServingRefused(UserFacingError):
    """Refused for good: quota, rights, names, builds, crashed containers."""

    status = 422


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


class NotAuthorized(ServingRefused):
    code = "not_authorized"
    cause = "Slipway's identity lacks a role. The message names the action."
    fix = (
        "Give it `AzureML Data Scientist` on the workspace, or, where the message speaks of"
        " storage, `Storage Blob Data Contributor` on the workspace's storage account. A new"
        " assignment takes up to five minutes."
    )
    look = (
        "Azure portal: the workspace (or its storage account), Access control (IAM), Role"
        " assignments."
    )
    command = (
        'az role assignment list --assignee "$PRINCIPAL" --all -o table\n'
        f'az role assignment create {AS_PRINCIPAL} --role "AzureML Data Scientist" --scope'
        f' "{WORKSPACE_ID}"'
    )


class PolicyForbids(ServingRefused):
    code = "policy_forbids"
    cause = (
        "A policy of the subscription or of its management group forbids what Slipway"
        " asked for, whatever roles it has. The message names the policy."
    )
    fix = (
        "Ask whoever governs the subscription for an exemption, or use a workspace that the"
        " policy allows."
    )
    look = "Azure portal: Policy, Compliance; the resource group, Policies."
    command = 'az policy assignment list -g "$RG" --disable-scope-strict-match -o table'


class ResourceLocked(ServingRefused):
    code = "resource_locked"
    cause = "Somebody locked the resource group or the workspace against changes."
    fix = (
        "An owner removes the lock. What Slipway made meanwhile is removed by the sweeper"
        " afterwards."
    )
    look = "Azure portal: the resource group, Locks."
    command = 'az lock list -g "$RG" -o table'


class IdentityRefused(ServingRefused):
    code = "identity_unavailable"
    cause = (
        "Azure gives or accepts no token for Slipway's identity: none is assigned, or"
        " AZURE_CLIENT_ID names another one. While the identity endpoint itself is throttled or"
        " broken, the phase is tried again."
    )
    fix = (
        "Assign a managed identity to the function app; set AZURE_CLIENT_ID to its client"
        " id (leave it out for the system-assigned one); or set AZURE_TENANT_ID and"
        " AZURE_CLIENT_SECRET to develop with a service principal."
    )
    look = "Azure portal: the function app, Identity."
    command = (
        'az functionapp identity show --name "$APP" -g "$RG"\n'
        'az functionapp identity assign --name "$APP" -g "$RG"'
    )

    def __init__(self, reason: str) -> None:
        super().__init__(
            "Azure does not accept Slipway's identity" + (f": {reason}" if reason else ".")
        )


class WorkspaceMissing(ServingRefused):
    code = "workspace_missing"
    cause = "There is no Azure ML workspace where the settings say."
    fix = "Correct AZURE_SUBSCRIPTION_ID, AZURE_RESOURCE_GROUP and AZURE_WORKSPACE_NAME."
    look = "Azure portal: Azure Machine Learning workspaces."
    command = 'az ml workspace show -n "$WORKSPACE" -g "$RG"'

    def __init__(self, workspace: str) -> None:
        super().__init__(f"There is no Azure ML workspace {workspace} where the settings say.")


class ProviderNotRegistered(ServingRefused):
    code = "provider_not_registered"
    cause = "The subscription is not registered for Microsoft.MachineLearningServices."
    fix = "An owner registers it, once; it takes some minutes."
    look = "Azure portal: the subscription, Resource providers."
    command = "az provider register --namespace Microsoft.MachineLearningServices --wait"

    def __init__(self) -> None:
        super().__init__(
            "The subscription is not registered for Microsoft.MachineLearningServices."
        )


class DatastoreMissing(ServingRefused):
    code = "datastore_missing"
    cause = "The workspace has no datastore `workspaceblobstore`."
    fix = (
        "It comes with every workspace. Under Data, Datastores in Azure ML studio create it again"
        " over the workspace's storage account."
    )
    look = "Azure ML studio: Data, Datastores."
    command = "az ml datastore show -n workspaceblobstore"
    seen = DEPLOYMENT

    def __init__(self, workspace: str) -> None:
        super().__init__(f"The workspace {workspace} has no datastore workspaceblobstore.")


class ModelNotRegistered(ServingRefused):
    code = "model_not_registered"
    cause = "The registered model version was removed outside Slipway."
    fix = "Deploy again: it is registered anew."
    look = "Azure ML studio: Models, `slipway-<model id>`."
    command = f'az ml model list -n "slipway-$MODEL" -o table\n{RETRY}'
    retry = "yes"
    seen = DEPLOYMENT

    def __init__(self, model: str, workspace: str) -> None:
        super().__init__(f"The model {model or 'version'} is not registered in {workspace}.")


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


class BadArgument(ServingRefused):
    code = "bad_argument"
    cause = "Azure ML or its SDK refuses a value; the message has its words."
    fix = (
        "Change what it names and deploy again. An endpoint made outside Slipway may"
        " have fields that cannot be changed: use another endpoint_name."
    )
    look = "Azure ML studio: Endpoints, the endpoint, Details."
    command = f'{SHOW_ENDPOINT}\naz ml online-deployment show -e "$ENDPOINT" -n "$NAME"'


class OperationFailed(ServingRefused):
    code = "operation_failed"
    cause = "Azure ML failed without a reason that Slipway knows."
    fix = "Retry once; then give Microsoft's support the ids in the timeline."
    look = "Azure portal: the resource group, Activity log."
    command = (
        f'{DETAIL}\naz monitor activity-log list --correlation-id "$CORRELATION_ID" --offset 1d'
    )
    retry = "once"
