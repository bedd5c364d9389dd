"""Rules for answers of Azure ML that no retry cures: see failures.py."""

import re
from http import HTTPStatus

from shared.adapters.targets.azureml.answers import Answer, Intent
from shared.domain.quota import Quota, family_of
from shared.errors import UserFacingError
from shared.errors.requests import EndpointNameTaken
from shared.errors.serving import (
    BadArgument,
    ContainerCrashed,
    DatastoreMissing,
    IdentityRefused,
    ImageBuildFailed,
    ModelNotRegistered,
    NotAuthorized,
    OperationFailed,
    PolicyForbids,
    ProviderNotRegistered,
    QuotaTooSmall,
    ResourceLocked,
    SecretsInjectionFailed,
    ServingRefused,
    WorkspaceMissing,
)

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
MONITORING = "Monitoring Contributor"
"""For metrics and autoscale; infra/ gives a narrower one of its own."""


def core_quota(answer: Answer, intent: Intent) -> UserFacingError | None:
    """With a size that has room, where the answer names size and numbers."""
    if cores := _CORES.search(answer.text):
        size, used, limit = cores[1], int(cores[2]), int(cores[3])
        sizes = intent.sizes()
        if size in sizes:
            quota = Quota(instance_type=size, used=used, limit=limit)
            others = family_of(quota, sizes)
            return QuotaTooSmall.of(quota, intent.instances, others, sizes=sizes)
    elif not answer.has("OutOfQuota"):
        return None
    return QuotaTooSmall(
        f"The workspace's quota is used up: {answer.reason}",
        fix="Ask for more under Quota in Azure ML studio, or remove a deployment.",
    )


def name_taken(answer: Answer, intent: Intent) -> UserFacingError | None:
    taken = "already an endpoint with this name" in answer.text
    return EndpointNameTaken(intent.endpoint) if taken else None


def image_build(answer: Answer, _: Intent) -> ServingRefused | None:
    if not answer.has("ImageBuildFailure", "EnvironmentBuildFailure", "ImageBuildFailed"):
        return None
    return ImageBuildFailed(
        f"The model's environment could not be built: {answer.reason}",
        fix="Azure ML studio has the build log, under Environments. A pinned version may have left"
        " PyPI: save the model with a current scikit-learn and deploy again.",
    )


def container_crash(answer: Answer, _: Intent) -> ServingRefused | None:
    crashed = "container has crashed" in answer.text or "probe failed" in answer.text
    if not crashed and not answer.has("ResourceNotReady", "ContainerCrashed"):
        return None
    how = _CRASH.search(answer.text)
    shown = answer.raised or (how[1] if how else answer.reason)
    return ContainerCrashed(
        f"The model's container did not come up: {shown}",
        fix="The end of its log is in the timeline. Most often the model needs more memory (choose"
        " a larger instance_type) or was saved with another version of its libraries.",
    )


def secrets_injection(answer: Answer, intent: Intent) -> ServingRefused | None:
    if not answer.has("SecretsInjectionError"):
        return None
    return SecretsInjectionFailed(
        f"Azure ML could not hand the deployment its secrets: {answer.reason}",
        fix="Give the endpoint's identity the role Azure Machine Learning Workspace Connection"
        f" Secrets Reader on the workspace {intent.workspace}, then deploy again.",
    )


def model_missing(answer: Answer, intent: Intent) -> ServingRefused | None:
    if not answer.has("NoSuchModelRegistered", "ModelNotFound", "ModelVersionNotFound"):
        return None
    return ModelNotRegistered(intent.model, intent.workspace)


def datastore_missing(answer: Answer, intent: Intent) -> ServingRefused | None:
    if not answer.has("NoSuchDatastore", "DatastoreNotFound"):
        return None
    return DatastoreMissing(intent.workspace)


def provider_missing(answer: Answer, _: Intent) -> ServingRefused | None:
    if not answer.has("MissingSubscriptionRegistration"):
        return None
    return ProviderNotRegistered()


def workspace_gone(answer: Answer, intent: Intent) -> ServingRefused | None:
    """The workspace, its resource group or its subscription does not exist."""
    gone = answer.has("WorkspaceNotFound", "ResourceGroupNotFound", "SubscriptionNotFound")
    absent = answer.has("ResourceNotFound", "NotFound") or answer.status == HTTPStatus.NOT_FOUND
    if not gone and not (absent and _MISSING_WORKSPACE.search(answer.text)):
        return None
    return WorkspaceMissing(intent.workspace)


def policy_forbids(answer: Answer, intent: Intent) -> ServingRefused | None:
    if not answer.has("RequestDisallowedByPolicy"):
        return None
    return PolicyForbids(
        f"A policy of the subscription forbids to {intent.action}: {answer.reason}"
    )


def locked(answer: Answer, intent: Intent) -> ServingRefused | None:
    if not answer.has("ScopeLocked"):
        return None
    return ResourceLocked(f"A lock on the resource group or workspace forbids to {intent.action}.")


def immutable(answer: Answer, intent: Intent) -> ServingRefused | None:
    """A 409 that no wait cures. Not so an asset that exists by now: the next try finds it."""
    if answer.has("AssetVersionConflict"):
        return None
    if not answer.has("ImmutableField", "ResourceInUse") and not _IMMUTABLE.search(answer.text):
        return None
    return BadArgument(
        f"Azure ML refuses to {intent.action}: {answer.reason or 'a field cannot be changed'}",
        fix="Use another name and deploy again: what exists cannot be changed so.",
    )


def no_right(answer: Answer, intent: Intent) -> ServingRefused | None:
    """Names the role that is missing, and where: the workspace, its storage, or Azure Monitor."""
    storage = answer.has("AuthorizationPermissionMismatch", "AuthorizationFailure")
    refused = answer.has("AuthorizationFailed", "LinkedAuthorizationFailed", "Forbidden")
    if not storage and not refused and answer.status != HTTPStatus.FORBIDDEN:
        return None
    action = _FORBIDDEN_ACTION.search(answer.text)
    monitor = action is not None and action[1].lower().startswith("microsoft.insights/")
    role, where = DATA_SCIENTIST, "it"
    if storage:
        role, where = BLOB_CONTRIBUTOR, "its storage account"
    elif monitor:
        role, where = MONITORING, "its resource group"
    return NotAuthorized(
        f"Slipway's identity may not {intent.action} in the workspace {intent.workspace}"
        + (f" ({action[1]})." if action else "."),
        fix=f'Give it the role "{role}" on {where}: az role assignment create'
        f' --role "{role}" --assignee <AZURE_CLIENT_ID> --scope <its resource id>;'
        " a new assignment takes up to five minutes.",
    )


def no_identity(answer: Answer, _: Intent) -> ServingRefused | None:
    refused = answer.has(
        "InvalidAuthenticationToken", "InvalidAuthenticationTokenTenant", "AuthenticationFailed"
    )
    if not refused and answer.status != HTTPStatus.UNAUTHORIZED:
        return None
    return IdentityRefused(answer.reason)


def bad_argument(answer: Answer, intent: Intent) -> ServingRefused | None:
    named = answer.has("BadArgument", "UserError", "ValidationError", "InvalidArgument")
    if not named and answer.status != HTTPStatus.BAD_REQUEST:
        return None
    return BadArgument(
        f"Azure ML refuses to {intent.action}: {answer.reason or 'it gives no reason'}",
        fix="Change what it names and deploy again; the timeline has its whole answer.",
    )


def anything_else(answer: Answer, intent: Intent) -> ServingRefused:
    """The last rule: it knows every answer."""
    status = f" (HTTP {answer.status})" if answer.status else ""
    shown = answer.reason or f"it gives no reason{status}"
    return OperationFailed(f"Azure ML could not {intent.action}: {shown}")
