"""What the database refuses, in words: its stable codes and numbers become errors with a fix.

The functions in supabase/migrations raise the code as MESSAGE and the numbers as DETAIL (JSON).
"""

import json
from collections.abc import Callable

from shared.adapters.supabase.file_refusals import ForeignFile, ModelFileMissing
from shared.errors import Conflict, Forbidden, NotFound, TooMany, Unauthenticated, UserFacingError
from shared.errors.refusals import DeploymentNameTaken, EndpointNameTaken


class ModelNotFound(NotFound):
    code = "model_not_found"

    def __init__(self, model_id: str) -> None:
        super().__init__(
            f"You have no trained model {model_id}.",
            fix="Use the id of one of your rows in trained_models.",
        )


class ModelInUse(Conflict):
    code = "model_in_use"

    def __init__(self, deployments: list[dict[str, str]]) -> None:
        names = ", ".join(
            f"{each['deployment_name']} on {each['endpoint_name']}" for each in deployments
        )
        super().__init__(
            f"This model has living deployments: {names}.",
            fix="Delete these deployments, then remove the model.",
        )
        self.facts = {"deployments": deployments}


class DeploymentNotFound(NotFound):
    def __init__(self, deployment_id: str) -> None:
        super().__init__(
            f"You have no deployment {deployment_id}.",
            fix="Take the id from the list of your deployments; deleted ones are gone.",
        )


class OperationNotFound(NotFound):
    def __init__(self, operation_id: str) -> None:
        super().__init__(
            f"You have no operation {operation_id}.",
            fix="Take the id from the reply that began it, or from its Location header.",
        )


class NotActive(Conflict):
    code = "not_active"

    def __init__(self, status: str) -> None:
        super().__init__(
            f"This deployment is {status}, not active.",
            fix="Wait until it is active, or look at its phases to see what went wrong.",
        )


class RotationRunning(Conflict):
    code = "rotation_running"

    def __init__(self, endpoint_name: str) -> None:
        super().__init__(
            f"The keys of {endpoint_name} are being replaced already.",
            fix="Wait until the timeline says that the secondary key is new, then fetch the keys.",
        )


class DeploymentIdTaken(Conflict):
    code = "deployment_id_taken"

    def __init__(self, deployment_id: str) -> None:
        super().__init__(
            f"There is a deployment {deployment_id} already.", fix="Send the request again."
        )


class IdempotencyKeyReused(Conflict):
    code = "idempotency_key_reused"

    def __init__(self, deployment_id: str) -> None:
        super().__init__(
            f"This Idempotency-Key came with another request, which made {deployment_id}.",
            fix="Use a new key for a new request; repeat a request with its own key unchanged.",
        )


class TooManyDeploying(TooMany):
    code = "too_many_deploying"

    def __init__(self, count: int, limit: int) -> None:
        super().__init__(
            f"You have {count} deployments in flight; the limit is {limit}.",
            fix="Wait until one of them has ended, or delete one.",
        )


class TooManyActive(TooMany):
    code = "too_many_active"

    def __init__(self, count: int, deploying: int, limit: int) -> None:
        in_flight = f" and {deploying} on the way" if deploying else ""
        super().__init__(
            f"You have {count} active deployments{in_flight}; the limit is {limit}.",
            fix="Delete one that you do not need any more.",
        )


class TooManyRequests(TooMany):
    code = "too_many_requests"

    def __init__(self, limit: int, retry_after: int) -> None:
        super().__init__(
            f"You have made more than {limit} requests within a minute.",
            fix=f"Wait {retry_after} seconds.",
            retry_after=retry_after,
        )


class NotSignedIn(Unauthenticated):
    def __init__(self) -> None:
        super().__init__(
            "The access token is not one of a signed-in user, or has expired.",
            fix="Sign in again and send the new access token.",
        )


class AnonymousRefused(Forbidden):
    code = "anonymous_refused"

    def __init__(self) -> None:
        super().__init__(
            "Anonymous users may not use Slipway.",
            fix="Sign up with an email address, or set ALLOW_ANONYMOUS_USERS.",
        )


REFUSALS: dict[str, Callable[..., UserFacingError]] = {
    "not_signed_in": NotSignedIn,
    "anonymous_refused": AnonymousRefused,
    "model_not_found": ModelNotFound,
    "model_in_use": ModelInUse,
    "model_file_foreign": ForeignFile,
    "model_file_missing": ModelFileMissing,
    "deployment_not_found": DeploymentNotFound,
    "deployment_id_taken": DeploymentIdTaken,
    "not_active": NotActive,
    "rotation_running": RotationRunning,
    "deployment_name_taken": DeploymentNameTaken,
    "endpoint_name_taken": EndpointNameTaken,
    "idempotency_key_reused": IdempotencyKeyReused,
    "too_many_deploying": TooManyDeploying,
    "too_many_active": TooManyActive,
    "too_many_requests": TooManyRequests,
}
"""The facts that come with a code are the arguments of its error."""


def refusal(code: str | None, detail: str | None) -> UserFacingError | None:
    """The error for a code raised by the database; None for a code that is not ours."""
    if code not in REFUSALS:
        return None
    facts = json.loads(detail or "{}")
    return REFUSALS[code](**facts)
