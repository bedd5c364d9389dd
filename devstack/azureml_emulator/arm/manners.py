"""The headers that every ARM answer has, whatever it says."""

import time
import uuid

READS, WRITES, DELETES = "reads", "writes", "deletes"
KIND_OF_METHOD = {"GET": READS, "HEAD": READS, "DELETE": DELETES}
LIMITS = {READS: (1099, 16499), WRITES: (799, 11999), DELETES: (799, 11999)}
"""What is left of a subscription's requests, and of all its regions'. Nothing counts them down."""
JSON = "application/json; charset=utf-8"


def service_ids() -> dict[str, str]:
    """One new id under both names, by which the service's support would find a request."""
    request = str(uuid.uuid4())
    return {"x-ms-request-id": request, "x-ms-correlation-request-id": request}


def reply_headers(method: str, status: int, started: float, region: str) -> dict[str, str]:
    """`started` is the time.monotonic() at which the request came in."""
    kind = KIND_OF_METHOD.get(method, WRITES)
    subscription, everywhere = LIMITS[kind]
    ids = service_ids()
    moment = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    return {
        **ids,
        "x-ms-routing-request-id": f"{region.upper()}:{moment}:{ids['x-ms-request-id']}",
        f"x-ms-ratelimit-remaining-subscription-{kind}": str(subscription),
        f"x-ms-ratelimit-remaining-subscription-global-{kind}": str(everywhere),
        "x-ms-response-type": "standard" if status < 400 else "error",
        "x-request-time": f"{time.monotonic() - started:.3f}",
        "Cache-Control": "no-cache",
        "Pragma": "no-cache",
        "Expires": "-1",
        "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
        "X-Content-Type-Options": "nosniff",
    }
