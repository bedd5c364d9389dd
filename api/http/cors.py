"""Browsers: which origins' pages may call the API, and which headers they may send and read.

The app answers for itself, locally and on Azure alike: the platform's own CORS exposes no headers,
and would take the place of this one.
"""

from collections.abc import Collection

import azure.functions as func

from api.http.request import Reply

SENT = (
    "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, X-Request-Id,"
    " traceparent"
)
EXPOSED = "Location, Retry-After, X-Request-Id, ETag"
PREFLIGHT_SECONDS = 7200
"""How long a browser may remember a preflight's answer; two hours are the most that any keeps."""


def cors_headers(request: func.HttpRequest, origins: Collection[str]) -> dict[str, str]:
    """The headers that let a page of an allowed origin read the reply; empty for other origins."""
    if not origins:
        return {}
    origin = request.headers.get("origin")
    if origin not in origins:
        return {"Vary": "Origin"}
    return {
        "Vary": "Origin",
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Expose-Headers": EXPOSED,
    }


def preflight(
    request: func.HttpRequest, methods: Collection[str], origins: Collection[str]
) -> Reply | None:
    """The reply to a browser's preflight request; None where the request is none."""
    asked = request.headers.get("access-control-request-method")
    if request.method != "OPTIONS" or not asked or request.headers.get("origin") not in origins:
        return None
    return Reply(
        204,
        b"",
        {
            "Access-Control-Allow-Methods": ", ".join(sorted(methods)),
            "Access-Control-Allow-Headers": SENT,
            "Access-Control-Max-Age": str(PREFLIGHT_SECONDS),
        },
    )
