"""What the cloud that serves models refuses for good, and what it serves that is no good."""

from shared.errors.serving.deployments import (
    ContainerCrashed,
    DeploymentMissing,
    EndpointVanished,
    ImageBuildFailed,
    PredictionFailed,
    QuotaTooSmall,
    ReleaseAborted,
    ReleaseRefused,
    ReleaseRejected,
    SecretsInjectionFailed,
)
from shared.errors.serving.workspace import (
    BadArgument,
    DatastoreMissing,
    IdentityRefused,
    ModelNotRegistered,
    NotAuthorized,
    OperationFailed,
    PolicyForbids,
    ProviderNotRegistered,
    ResourceLocked,
    ServingRefused,
    WorkspaceMissing,
)

TITLE = "Azure ML refuses, or a release is undone"
PROMISE = (
    "Trying again does not help before something is changed. The failed phase's `detail` in the"
    " timeline has Azure's own words and the ids that its support asks for. A release that"
    " was undone has put the traffic back to where it was."
)

__all__ = [
    "BadArgument",
    "ContainerCrashed",
    "DatastoreMissing",
    "DeploymentMissing",
    "EndpointVanished",
    "IdentityRefused",
    "ImageBuildFailed",
    "ModelNotRegistered",
    "NotAuthorized",
    "OperationFailed",
    "PolicyForbids",
    "PredictionFailed",
    "ProviderNotRegistered",
    "QuotaTooSmall",
    "ReleaseAborted",
    "ReleaseRefused",
    "ReleaseRejected",
    "ResourceLocked",
    "SecretsInjectionFailed",
    "ServingRefused",
    "WorkspaceMissing",
]
