"""Errors that the database's own functions raise: their codes and facts become error classes.

`slipway.refuse` in supabase/migrations raises the code as MESSAGE and the facts as DETAIL (JSON).
"""

import json
from collections.abc import Callable
from typing import Any

from shared.errors import UserFacingError
from shared.errors.models import ForeignFile, ModelFileMissing
from shared.errors.requests import (
    AnonymousRefused,
    BatchNotFound,
    BatchRefused,
    DeploymentIdTaken,
    DeploymentNameTaken,
    DeploymentNotFound,
    EndpointNameTaken,
    IdempotencyKeyReused,
    InstanceTypeUnknown,
    ModelInUse,
    ModelNotFound,
    NotActive,
    NotAsleep,
    OperationRunning,
    ReleaseRunning,
    RotationRunning,
    SignedOut,
    TemplateNameTaken,
    TemplateNotFound,
    TooManyActive,
    TooManyDeploying,
    TooManyRequests,
    TooManyTemplates,
    TrafficChanged,
)


def _batch_refused(errors: list[dict[str, Any]]) -> BatchRefused:
    """`errors`: `{index, code, facts}` of each deployment of the batch that is refused."""
    return BatchRefused([(each["index"], ERRORS[each["code"]](**each["facts"])) for each in errors])


ERRORS: dict[str, Callable[..., UserFacingError]] = {
    "not_signed_in": SignedOut,
    "anonymous_refused": AnonymousRefused,
    "model_not_found": ModelNotFound,
    "model_in_use": ModelInUse,
    "model_file_foreign": ForeignFile,
    "model_file_missing": ModelFileMissing,
    "deployment_not_found": DeploymentNotFound,
    "deployment_id_taken": DeploymentIdTaken,
    "instance_type_unknown": InstanceTypeUnknown,
    "not_active": NotActive,
    "rotation_running": RotationRunning,
    "deployment_name_taken": DeploymentNameTaken,
    "endpoint_name_taken": EndpointNameTaken,
    "idempotency_key_reused": IdempotencyKeyReused,
    "too_many_deploying": TooManyDeploying,
    "too_many_active": TooManyActive,
    "too_many_requests": TooManyRequests,
    "not_asleep": NotAsleep,
    "operation_running": OperationRunning,
    "release_running": ReleaseRunning,
    "traffic_changed": TrafficChanged,
    "template_not_found": TemplateNotFound,
    "template_name_taken": TemplateNameTaken,
    "too_many_templates": TooManyTemplates,
    "batch_not_found": BatchNotFound,
    "batch_refused": _batch_refused,
}
"""The facts that come with a code are the arguments of its error."""


def error_of(code: str | None, detail: str | None) -> UserFacingError | None:
    """The error for a code raised by the database; None for a code that is not ours."""
    if code not in ERRORS:
        return None
    facts = json.loads(detail or "{}")
    return ERRORS[code](**facts)
