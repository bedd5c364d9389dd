"""Errors as replies, whatever went wrong.

`{"error": {"code", "message", "fix", "request_id", "retry_after"}}`; the last one is in seconds, as
in the header Retry-After, and null where waiting does not help.
"""

import json
import math
from collections.abc import Collection

import azure.functions as func
import structlog
from pydantic import ValidationError

from shared.errors import TooMany, TransientError, Unavailable, Unprocessable, UserFacingError

log = structlog.get_logger()

SOON_SECONDS = 5
"""The least that a caller is asked to wait."""


class InternalError(UserFacingError):
    def __init__(self) -> None:
        super().__init__(
            "Slipway failed unexpectedly.",
            fix="Try again; if it happens again, report the request id: the log has the cause.",
        )


class MethodNotAllowed(UserFacingError):
    status, code = 405, "wrong_method"

    def __init__(self, method: str, allowed: Collection[str]) -> None:
        self.allowed = ", ".join(sorted(allowed))
        super().__init__(
            f"This path does not take {method}.",
            fix=f"Use {self.allowed}; GET /docs shows every route.",
        )


class TooBusy(Unavailable):
    code = "too_busy"

    def __init__(self) -> None:
        super().__init__(
            "Slipway is busy: it could not begin with this request in time.",
            fix="Try again in a few seconds.",
        )


def as_response(error: Exception, request_id: str) -> func.HttpResponse:
    problem = _explain(error)
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


def _explain(error: Exception) -> UserFacingError:
    if isinstance(error, UserFacingError):
        return error
    if isinstance(error, ValidationError):
        return invalid(error)
    if isinstance(error, TransientError):
        wait = max(math.ceil(error.wait_seconds), SOON_SECONDS)
        fix = f"Try again in {wait} seconds."
        unavailable = Unavailable(error.message, code=error.code, fix=fix)
        unavailable.retry_after = wait
        return unavailable
    log.error("request_crashed", exc_info=error)
    return InternalError()


def invalid(error: ValidationError) -> Unprocessable:
    """Every field that is wrong, by name, and what it should be; never the value."""
    problems = [
        f"{'.'.join(str(part) for part in found['loc']) or 'body'}: {_words(found['msg'])}"
        for found in error.errors(include_url=False, include_input=False, include_context=False)
    ]
    return Unprocessable("; ".join(problems), fix="Correct these fields and send it again.")


def _words(message: str) -> str:
    return message.removeprefix("Value error, ").replace("Input should be", "should be")
