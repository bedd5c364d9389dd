"""Whatever a handler raises becomes a reply:

`{"error": {"code", "message", "fix", "request_id", "retry_after"}}`; the last one is in seconds, as
in the header Retry-After, and null where waiting does not help.
"""

import json
import math

import azure.functions as func
import structlog

from shared.errors import TransientError, UserFacingError
from shared.errors.requests import InternalError, MethodNotAllowed, TooMany
from shared.errors.waiting import Unavailable

log = structlog.get_logger()

SOON_SECONDS = 5
"""The least that a caller is asked to wait."""


class _NotNow(Unavailable):
    """A TransientError as a reply: 503, with the seconds after which the caller may try again."""

    def __init__(self, trouble: TransientError) -> None:
        self.code = trouble.code
        self.retry_after = max(math.ceil(trouble.wait_seconds), SOON_SECONDS)
        super().__init__(trouble.message, fix=f"Try again in {self.retry_after} seconds.")


def as_response(error: Exception, request_id: str) -> func.HttpResponse:
    """The reply to a request whose handler raised this error."""
    problem = _as_user_facing(error)
    log.info("request_refused", code=problem.code, status=problem.status)
    headers = {"X-Request-Id": request_id, "Cache-Control": "no-store"}
    retry_after = problem.retry_after if isinstance(problem, TooMany | Unavailable) else None
    if retry_after is not None:
        headers["Retry-After"] = str(retry_after)
    elif isinstance(problem, MethodNotAllowed):
        headers["Allow"] = problem.allowed
    if problem.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return func.HttpResponse(
        json.dumps(
            {
                "error": {
                    "code": problem.code,
                    "message": problem.message,
                    "fix": problem.fix,
                    "request_id": request_id,
                    "retry_after": retry_after,
                    **problem.facts,
                }
            },
            ensure_ascii=False,
        ).encode("utf-8", "replace"),
        status_code=problem.status,
        headers=headers,
        mimetype="application/json",
        charset="utf-8",
    )


def _as_user_facing(error: Exception) -> UserFacingError:
    """The error itself, or the one that is told in its place."""
    if isinstance(error, UserFacingError):
        return error
    if isinstance(error, TransientError):
        return _NotNow(error)
    log.error("request_crashed", exc_info=error)
    return InternalError()
