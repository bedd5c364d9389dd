"""The built-in activity behind `context.call_http`."""

import json
from collections.abc import Mapping
from typing import Any

import httpx

_TIMEOUT = 100.0  # seconds, as the platform's durable HTTP client


class TokenSourceError(Exception):
    """call_http asked the host for a token."""

    def __init__(self) -> None:
        super().__init__(
            "call_http with a token_source needs the platform's identity service, which this "
            "host does not have. "
            "Fetch the token and make the call in an activity instead."
        )


async def call_http(request: Mapping[str, Any]) -> str:
    """Answers the response as JSON: statusCode, headers, content. A failed connection raises."""
    if request.get("tokenSource"):
        raise TokenSourceError
    content = request.get("content")
    headers = {"Content-Type": "application/json"} if content is not None else {}
    async with httpx.AsyncClient(timeout=_TIMEOUT, follow_redirects=True) as client:
        response = await client.request(
            request["method"],
            request["uri"],
            content=content,
            headers={**headers, **(request.get("headers") or {})},
        )
    return json.dumps(
        {
            "statusCode": response.status_code,
            "headers": _as_sent(response.headers),
            "content": response.text,
        }
    )


def _as_sent(headers: httpx.Headers) -> dict[str, str]:
    """Response headers under the names that the server gave them; repeated ones are joined."""
    sent: dict[str, str] = {}
    for raw_name, raw_value in headers.raw:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        sent[name] = f"{sent[name]}, {value}" if name in sent else value
    return sent
