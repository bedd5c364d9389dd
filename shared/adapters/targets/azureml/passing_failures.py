"""Rules for answers of Azure ML that another try may cure, after some seconds: see failures.py."""

import re
from http import HTTPStatus

from shared.adapters.targets.azureml.answers import Answer, Intent
from shared.errors import TransientError
from shared.errors.waiting import (
    CancelledByService,
    EndpointBusy,
    OutOfCapacity,
    ServiceUnavailable,
    Throttled,
)

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

THROTTLED_SECONDS = Throttled.wait_seconds
"""For so long the service throttles, which sends no Retry-After."""


def region_capacity(answer: Answer, intent: Intent) -> TransientError | None:
    capacity = answer.has("OutOfCapacity", "SkuNotAvailable", "AllocationFailed")
    if not capacity and not _CAPACITY.search(answer.text):
        return None
    return OutOfCapacity(
        f"Azure has no {intent.instance_type or 'machine of this size'} to spare in this region"
        " at the moment. If this lasts, deploy with another instance_type."
    )


def endpoint_busy(answer: Answer, intent: Intent) -> TransientError | None:
    found = _BUSY.search(answer.text)
    return busy(intent.endpoint, found[1] or "changing") if found else None


def conflict(answer: Answer, intent: Intent) -> TransientError | None:
    return busy(intent.endpoint, "changing") if answer.status == HTTPStatus.CONFLICT else None


def name_not_free_yet(answer: Answer, intent: Intent) -> TransientError | None:
    """The backend answers 404 while an endpoint of the same name is still being removed."""
    if not answer.has("InferencingClientCallFailed") or "not found" not in answer.text.lower():
        return None
    return EndpointBusy(
        f"Azure ML has not finished with the former {intent.endpoint or 'resource'} yet.",
        wait_seconds=THROTTLED_SECONDS,
    )


def throttled(answer: Answer, intent: Intent) -> TransientError | None:
    """Also when a part of the service was throttled by another: an inner QuotaExceeded."""
    inner = answer.has("TooManyRequests", "QuotaExceeded", "RequestThrottled", "Throttled")
    if answer.status != HTTPStatus.TOO_MANY_REQUESTS and not inner:
        return None
    said = _SECONDS.search(answer.text)
    wait = max(THROTTLED_SECONDS, float(said[1]) if said else 0.0, answer.retry_after or 0.0)
    return Throttled(
        f"Azure ML takes no more requests for {wait:g} seconds; it was asked to {intent.action}.",
        wait_seconds=wait,
    )


def cancelled(answer: Answer, intent: Intent) -> TransientError | None:
    if not answer.has("OperationCanceled", "OperationCancelled", "Canceled"):
        return None
    return CancelledByService(
        f"Azure ML cancelled an operation of ours in favour of its own; it was asked to"
        f" {intent.action}.",
    )


def backend(answer: Answer, intent: Intent) -> TransientError | None:
    broken = answer.has(
        "InternalServerError", "InternalError", "ServiceError", "ServiceUnavailable", "BadGateway"
    ) or answer.has("ServerTimeout", "GatewayTimeout", "RequestTimeout", "ServerBusy")
    status = answer.status or 0
    if not broken and status != HTTPStatus.REQUEST_TIMEOUT and status < 500:
        return None
    shown = f"HTTP {status}" if status >= 400 else (answer.codes or ("an internal error",))[-1]
    return ServiceUnavailable(
        f"Azure ML could not {intent.action}: {shown} on its side.",
        wait_seconds=max(ServiceUnavailable.wait_seconds, answer.retry_after or 0.0),
    )


def busy(endpoint: str, state: str | None) -> EndpointBusy:
    """The error for an endpoint that is in this state of Azure's."""
    return EndpointBusy(
        f"The endpoint {endpoint} is {(state or 'changing').lower()}; it takes one change at a"
        " time.",
    )
