"""Failures that no retry cures, each with its fix in plain words.

Codes: quota_too_small, endpoint_name_taken, image_build_failed, container_crashed,
secrets_injection_failed, model_not_registered, datastore_missing, provider_not_registered,
workspace_missing, policy_forbids, not_authorized, identity_unavailable, resource_locked,
bad_argument, operation_failed.
(`deployments` and `endpoints` add deployment_missing.)
"""

import re
from http import HTTPStatus

from shared.adapters.targets.azureml.attempt import Attempt
from shared.adapters.targets.azureml.quota import family_of
from shared.adapters.targets.azureml.replies import Reply
from shared.domain.catalogue import CATALOGUE
from shared.domain.endpoint import Quota
from shared.errors import ServingRefused, UserFacingError
from shared.errors.refusals import EndpointNameTaken, QuotaTooSmall

_CORES = re.compile(r"Not enough quota available for (\S+).*?usage/limit: (\d+)/(\d+)", re.DOTALL)
_FORBIDDEN_ACTION = re.compile(r"perform action '([^']+)'")
_MISSING_WORKSPACE = re.compile(
    r"MachineLearningServices/workspaces/[^/'\"]+['\"]|^Workspace .{0,120}not found",
    re.IGNORECASE | re.MULTILINE,
)

_IMMUTABLE = re.compile(r"\b(field|property|mode)\b.{0,80}\bimmutable\b", re.IGNORECASE)
_CRASH = re.compile(r"has crashed or terminated: (.+?)(?:\. |\n|$)")

DATA_SCIENTIST = "AzureML Data Scientist"
BLOB_CONTRIBUTOR = "Storage Blob Data Contributor"


def core_quota(reply: Reply, attempt: Attempt) -> UserFacingError | None:
    if cores := _CORES.search(reply.text):
        size, used, limit = cores[1], int(cores[2]), int(cores[3])
        if size in CATALOGUE:
            quota = Quota(instance_type=size, used=used, limit=limit)
            return QuotaTooSmall(quota, attempt.instances, family_of(quota))
    elif not reply.has("OutOfQuota"):
        return None
    return ServingRefused(
        f"The workspace's quota is used up: {reply.reason}",
        fix="Ask for more under Quota in Azure ML studio, or remove a deployment.",
        code="quota_too_small",
    )


def name_taken(reply: Reply, attempt: Attempt) -> UserFacingError | None:
    taken = "already an endpoint with this name" in reply.text
    return EndpointNameTaken(attempt.endpoint) if taken else None


def image_build(reply: Reply, _: Attempt) -> ServingRefused | None:
    if not reply.has("ImageBuildFailure", "EnvironmentBuildFailure", "ImageBuildFailed"):
        return None
    return ServingRefused(
        f"The model's environment could not be built: {reply.reason}",
        fix="Azure ML studio has the build log, under Environments. A pinned version may have left"
        " PyPI: save the model with a current scikit-learn and deploy again.",
        code="image_build_failed",
    )


def container_crash(reply: Reply, _: Attempt) -> ServingRefused | None:
    crashed = "container has crashed" in reply.text or "probe failed" in reply.text
    if not crashed and not reply.has("ResourceNotReady", "ContainerCrashed"):
        return None
    how = _CRASH.search(reply.text)
    shown = reply.raised or (how[1] if how else reply.reason)
    return ServingRefused(
        f"The model's container did not come up: {shown}",
        fix="The end of its log is in the timeline. Most often the model needs more memory (choose"
        " a larger instance_type) or was saved with another version of its libraries.",
        code="container_crashed",
    )


def secrets_injection(reply: Reply, attempt: Attempt) -> ServingRefused | None:
    if not reply.has("SecretsInjectionError"):
        return None
    return ServingRefused(
        f"Azure ML could not hand the deployment its secrets: {reply.reason}",
        fix="Give the endpoint's identity the role Azure Machine Learning Workspace Connection"
        f" Secrets Reader on the workspace {attempt.workspace}, then deploy again.",
        code="secrets_injection_failed",
    )


def model_missing(reply: Reply, attempt: Attempt) -> ServingRefused | None:
    if not reply.has("NoSuchModelRegistered", "ModelNotFound", "ModelVersionNotFound"):
        return None
    return ServingRefused(
        f"The model {attempt.model or 'version'} is not registered in {attempt.workspace}.",
        fix="Somebody removed it outside Slipway; deploy again to register it anew.",
        code="model_not_registered",
    )


def datastore_missing(reply: Reply, attempt: Attempt) -> ServingRefused | None:
    if not reply.has("NoSuchDatastore", "DatastoreNotFound"):
        return None
    return ServingRefused(
        f"The workspace {attempt.workspace} has no datastore workspaceblobstore.",
        fix="It comes with every workspace: restore it under Data, Datastores in Azure ML studio.",
        code="datastore_missing",
    )


def provider_missing(reply: Reply, _: Attempt) -> ServingRefused | None:
    if not reply.has("MissingSubscriptionRegistration"):
        return None
    return ServingRefused(
        "The subscription is not registered for Microsoft.MachineLearningServices.",
        fix="An owner runs: az provider register --namespace Microsoft.MachineLearningServices",
        code="provider_not_registered",
    )


def workspace_gone(reply: Reply, attempt: Attempt) -> ServingRefused | None:
    gone = reply.has("WorkspaceNotFound", "ResourceGroupNotFound", "SubscriptionNotFound")
    absent = reply.has("ResourceNotFound", "NotFound") or reply.status == HTTPStatus.NOT_FOUND
    if not gone and not (absent and _MISSING_WORKSPACE.search(reply.text)):
        return None
    return ServingRefused(
        f"There is no Azure ML workspace {attempt.workspace} where the settings say.",
        fix="Check AZURE_SUBSCRIPTION_ID, AZURE_RESOURCE_GROUP and AZURE_WORKSPACE_NAME.",
        code="workspace_missing",
    )


def policy_forbids(reply: Reply, attempt: Attempt) -> ServingRefused | None:
    if not reply.has("RequestDisallowedByPolicy"):
        return None
    return ServingRefused(
        f"A policy of the subscription forbids to {attempt.action}: {reply.reason}",
        fix="Ask whoever governs the subscription for an exemption from the policy that it names;"
        " no role changes this.",
        code="policy_forbids",
    )


def locked(reply: Reply, attempt: Attempt) -> ServingRefused | None:
    if not reply.has("ScopeLocked"):
        return None
    return ServingRefused(
        f"A lock on the resource group or workspace forbids to {attempt.action}.",
        fix="An owner removes the lock: Azure portal, the resource group, Locks.",
        code="resource_locked",
    )


def immutable(reply: Reply, attempt: Attempt) -> ServingRefused | None:
    """A 409 that no wait cures; an asset that exists by now is found by the next try."""
    if reply.has("AssetVersionConflict"):
        return None
    if not reply.has("ImmutableField", "ResourceInUse") and not _IMMUTABLE.search(reply.text):
        return None
    return ServingRefused(
        f"Azure ML refuses to {attempt.action}: {reply.reason or 'a field cannot be changed'}",
        fix="Use another name and deploy again: what exists cannot be changed so.",
        code="bad_argument",
    )


def no_right(reply: Reply, attempt: Attempt) -> ServingRefused | None:
    storage = reply.has("AuthorizationPermissionMismatch", "AuthorizationFailure")
    refused = reply.has("AuthorizationFailed", "LinkedAuthorizationFailed", "Forbidden")
    if not storage and not refused and reply.status != HTTPStatus.FORBIDDEN:
        return None
    role = BLOB_CONTRIBUTOR if storage else DATA_SCIENTIST
    where = "its storage account" if storage else "it"
    action = _FORBIDDEN_ACTION.search(reply.text)
    return ServingRefused(
        f"Slipway's identity may not {attempt.action} in the workspace {attempt.workspace}"
        + (f" ({action[1]})." if action else "."),
        fix=f'Give it the role "{role}" on {where}: az role assignment create'
        f' --role "{role}" --assignee <AZURE_CLIENT_ID> --scope <its resource id>;'
        " a new assignment takes up to five minutes.",
        code="not_authorized",
    )


def no_identity(reply: Reply, _: Attempt) -> ServingRefused | None:
    refused = reply.has(
        "InvalidAuthenticationToken", "InvalidAuthenticationTokenTenant", "AuthenticationFailed"
    )
    if not refused and reply.status != HTTPStatus.UNAUTHORIZED:
        return None
    return identity_unavailable(reply.reason)


def identity_unavailable(reason: str) -> ServingRefused:
    return ServingRefused(
        "Azure does not accept Slipway's identity" + (f": {reason}" if reason else "."),
        fix="Assign a managed identity to the function app and set AZURE_CLIENT_ID to its client"
        " id, or set AZURE_TENANT_ID and AZURE_CLIENT_SECRET to develop with a service principal.",
        code="identity_unavailable",
    )


def bad_argument(reply: Reply, attempt: Attempt) -> ServingRefused | None:
    named = reply.has("BadArgument", "UserError", "ValidationError", "InvalidArgument")
    if not named and reply.status != HTTPStatus.BAD_REQUEST:
        return None
    return ServingRefused(
        f"Azure ML refuses to {attempt.action}: {reply.reason or 'it gives no reason'}",
        fix="Change what it names and deploy again; the timeline has its whole answer.",
        code="bad_argument",
    )


def anything_else(reply: Reply, attempt: Attempt) -> ServingRefused:
    answer = f" (HTTP {reply.status})" if reply.status else ""
    shown = reply.reason or f"it gives no reason{answer}"
    return ServingRefused(
        f"Azure ML could not {attempt.action}: {shown}",
        fix="The timeline has its whole answer and the request's id, for Microsoft's support.",
        code="operation_failed",
    )
