"""Bodies and answers that the routes of the management API share."""

import base64
import json

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from devstack.functions_host.durable.query import InvalidFilterError

CONTINUATION = "x-ms-continuation-token"
BROKEN = "Something went wrong while processing your request"


def problem(status: int, message: str, exception: str | None = None) -> Response:
    """An error as the durable extension sends it: the SDK reads ExceptionMessage."""
    body = {"Message": message, "ExceptionMessage": exception or message}
    return JSONResponse(body, status_code=status)


def not_found(instance_id: str) -> Response:
    return problem(404, f"No instance with ID '{instance_id}' found.")


def flag(request: Request, name: str, *, default: bool) -> bool:
    return request.query_params.get(name, str(default)).lower() == "true"


async def json_text(request: Request) -> str | None:
    """The body as JSON text ('null' when empty), or None if it is not JSON."""
    body = await request.body()
    try:
        return json.dumps(json.loads(body)) if body.strip() else "null"
    except ValueError:
        return None


def page_token(place: tuple[str, str] | None) -> dict[str, str]:
    """The header that says where the next page begins; empty after the last."""
    text = base64.urlsafe_b64encode(json.dumps(place).encode()).decode() if place else ""
    return {CONTINUATION: text}


def asked_place(request: Request) -> tuple[str, str] | None:
    """Where the asked page begins. Raises InvalidFilterError."""
    token = request.headers.get(CONTINUATION)
    if not token:
        return None
    try:
        first, second = json.loads(base64.urlsafe_b64decode(token))
    except ValueError as error:
        raise InvalidFilterError(CONTINUATION, token) from error
    return first, second
