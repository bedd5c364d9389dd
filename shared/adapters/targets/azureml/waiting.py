"""Failures that another try may cure, each with the least number of seconds to wait before it.

Codes: out_of_capacity, endpoint_busy, throttled, cancelled_by_service, service_unavailable.
(`azure_errors` adds azure_unreachable and upload_timed_out: no answer at all.)
"""

import re
from http import HTTPStatus

from shared.adapters.targets.azureml.attempt import Attempt
from shared.adapters.targets.azureml.replies import Reply
from shared.errors import TransientError

_BUSY = re.compile(
    r"because it is in (\w+) provisioning state|not in a terminal (provisioning )?state"
    r"|another operation .{0,40}in progress",
    re.IGNORECASE,
)
_CAPACITY = re.compile(
    r"(not|in)sufficient .{0,40}capacity|lack of .{0,40}capacity|not enough .{0,20}capacity"
    r"|out of capacity"
    r"|capacity .{0,60}(not available|unavailable|exhausted|insufficient)|allocation failed",
    re.IGNORECASE,
)
_SECONDS = re.compile(r"retry (?:again )?after (\d+) seconds", re.IGNORECASE)

THROTTLED_SECONDS = 20.0
"""The service throttles for that long, and sends no Retry-After."""
CAPACITY_SECONDS = 30.0
BUSY_SECONDS = 15.0
BACKEND_SECONDS = 10.0


def region_capacity(reply: Reply, attempt: Attempt) -> TransientError | None:
    capacity = reply.has("OutOfCapacity", "SkuNotAvailable", "AllocationFailed")
    if not capacity and not _CAPACITY.search(reply.text):
        return None
    return TransientError(
        f"Azure has no {attempt.instance_type or 'machine of this size'} to spare in this region"
        " at the moment. If this lasts, deploy with another instance_type.",
        code="out_of_capacity",
        wait_seconds=CAPACITY_SECONDS,
    )


def endpoint_busy(reply: Reply, attempt: Attempt) -> TransientError | None:
    found = _BUSY.search(reply.text)
    return busy(attempt.endpoint, found[1] or "changing") if found else None


def conflict(reply: Reply, attempt: Attempt) -> TransientError | None:
    return busy(attempt.endpoint, "changing") if reply.status == HTTPStatus.CONFLICT else None


def name_not_free_yet(reply: Reply, attempt: Attempt) -> TransientError | None:
    """The backend answers 404 while an endpoint of the same name is still being removed."""
    if not reply.has("InferencingClientCallFailed") or "not found" not in reply.text.lower():
        return None
    return TransientError(
        f"Azure ML has not finished with the former {attempt.endpoint or 'resource'} yet.",
        code="endpoint_busy",
        wait_seconds=THROTTLED_SECONDS,
    )


def throttled(reply: Reply, attempt: Attempt) -> TransientError | None:
    """Also when a part of the service was throttled by another: an inner QuotaExceeded."""
    inner = reply.has("TooManyRequests", "QuotaExceeded", "RequestThrottled", "Throttled")
    if reply.status != HTTPStatus.TOO_MANY_REQUESTS and not inner:
        return None
    said = _SECONDS.search(reply.text)
    wait = max(THROTTLED_SECONDS, float(said[1]) if said else 0.0, reply.retry_after or 0.0)
    return TransientError(
        f"Azure ML takes no more requests for {wait:g} seconds; it was asked to {attempt.action}.",
        code="throttled",
        wait_seconds=wait,
    )


def cancelled(reply: Reply, attempt: Attempt) -> TransientError | None:
    if not reply.has("OperationCanceled", "OperationCancelled", "Canceled"):
        return None
    return TransientError(
        f"Azure ML cancelled an operation of ours in favour of its own; it was asked to"
        f" {attempt.action}.",
        code="cancelled_by_service",
        wait_seconds=BUSY_SECONDS,
    )


def backend(reply: Reply, attempt: Attempt) -> TransientError | None:
    broken = reply.has(
        "InternalServerError", "InternalError", "ServiceError", "ServiceUnavailable", "BadGateway"
    ) or reply.has("ServerTimeout", "GatewayTimeout", "RequestTimeout", "ServerBusy")
    status = reply.status or 0
    if not broken and status != HTTPStatus.REQUEST_TIMEOUT and status < 500:
        return None
    shown = f"HTTP {status}" if status >= 400 else (reply.codes or ("an internal error",))[-1]
    return TransientError(
        f"Azure ML could not {attempt.action}: {shown} on its side.",
        code="service_unavailable",
        wait_seconds=max(BACKEND_SECONDS, reply.retry_after or 0.0),
    )


def busy(endpoint: str, state: str | None) -> TransientError:
    return TransientError(
        f"The endpoint {endpoint} is {(state or 'changing').lower()}; it takes one change at a"
        " time.",
        code="endpoint_busy",
        wait_seconds=BUSY_SECONDS,
    )
