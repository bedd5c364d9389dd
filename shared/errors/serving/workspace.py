"""The workspace: rights, policies, what is registered there."""

from shared.errors.base import UserFacingError
from shared.errors.commands import DEPLOYMENT, DETAIL, RETRY, SHOW_ENDPOINT

WORKSPACE_ID = "$(az ml workspace show --query id -o tsv)"
AS_PRINCIPAL = '--assignee-object-id "$PRINCIPAL" --assignee-principal-type ServicePrincipal'


class ServingRefused(UserFacingError):
    """Refused for good: quota, rights, names, builds, crashed containers."""

    status = 422


class NotAuthorized(ServingRefused):
    code = "not_authorized"
    cause = "Slipway's identity lacks a role. The message names the action."
    fix = (
        "Give it `AzureML Data Scientist` on the workspace, or, where the message speaks of"
        " storage, `Storage Blob Data Contributor` on the workspace's storage account, or, where it"
        " speaks of Microsoft.Insights (autoscale, metrics), `Monitoring Contributor` on the"
        " resource group. A new assignment takes up to five minutes."
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
