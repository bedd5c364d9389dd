"""The headers that every ARM answer has, whatever it says."""

import re
import time
import uuid

READS, WRITES, DELETES = "reads", "writes", "deletes"
KIND_OF_METHOD = {"GET": READS, "HEAD": READS, "DELETE": DELETES}
LIMITS = {READS: (1099, 16499), WRITES: (799, 11999), DELETES: (799, 11999)}
"""What is left of a subscription's requests, and of all its regions'. Nothing counts them down."""
DEPLOYMENT = re.compile(r"/onlineEndpoints/[^/]+/deployments/[^/]+$", re.IGNORECASE)
DEPLOYMENTS_LEFT = 24
JSON = "application/json; charset=utf-8"


def service_ids() -> dict[str, str]:
    """One new id under both names, by which the service's support would find a request."""
    request = str(uuid.uuid4())
    return {"x-ms-request-id": request, "x-ms-correlation-request-id": request}


def reply_headers(
    method: str, path: str, status: int, started: float, region: str
) -> dict[str, str]:
    """`started` is the time.monotonic() at which the request came in."""
    ids = service_ids()
    moment = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    return {
        **ids,
        "x-ms-routing-request-id": f"{region.upper()}:{moment}:{ids['x-ms-request-id']}",
        **_what_is_left(method, path),
        "x-ms-response-type": "standard" if status < 400 else "error",
        "x-request-time": f"{time.monotonic() - started:.3f}",
        "Cache-Control": "no-cache",
        "Pragma": "no-cache",
        "Expires": "-1",
        "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
        "X-Content-Type-Options": "nosniff",
    }


def _what_is_left(method: str, path: str) -> dict[str, str]:
    """Requests that the subscription has left; deployments are counted apart from other writes."""
    prefix = "x-ms-ratelimit-remaining-subscription"
    if method == "PUT" and DEPLOYMENT.search(path):
        return {f"{prefix}-resource-requests": str(DEPLOYMENTS_LEFT)}
    kind = KIND_OF_METHOD.get(method, WRITES)
    subscription, everywhere = LIMITS[kind]
    return {f"{prefix}-{kind}": str(subscription), f"{prefix}-global-{kind}": str(everywhere)}
