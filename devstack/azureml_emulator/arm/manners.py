"""The headers that every ARM answer has, whatever it says."""

import re
import time
import uuid

from devstack.azureml_emulator.workspace import Workspace

READS, WRITES, DELETES = "reads", "writes", "deletes"
KIND_OF_METHOD = {"GET": READS, "HEAD": READS, "DELETE": DELETES}
LIMITS = {READS: (1099, 16499), WRITES: (799, 11999), DELETES: (799, 11999)}
"""What is left of a subscription's requests, and of all its regions'. Nothing counts them down."""
DEPLOYMENT = re.compile(r"/onlineEndpoints/[^/]+/deployments/[^/]+$", re.IGNORECASE)
DEPLOYMENTS_LEFT = 24
TRACKED = re.compile(r"/(onlineEndpoints|deployments)$", re.IGNORECASE)
"""Collections of resources with a location and tags, which ARM itself keeps track of."""
MONITOR = "/providers/microsoft.insights/"
ASSETS = re.compile(r"/workspaces/[^/]+/(datastores|models|codes|environments)(/|$)", re.IGNORECASE)
DIAGNOSIS = re.compile(r"/workspaces/[^/]+/diagnose$", re.IGNORECASE)
"""A POST that changes nothing: it counts as a read."""
REGION = re.compile(r"/locations/[^/]+/", re.IGNORECASE)
JSON = "application/json; charset=utf-8"


def service_ids() -> dict[str, str]:
    """One new id under both names, by which the service's support would find a request."""
    request = str(uuid.uuid4())
    return {"x-ms-request-id": request, "x-ms-correlation-request-id": request}


def reply_headers(
    method: str,
    path: str,
    status: int,
    started: float,
    workspace: Workspace,
    failed_by_arm: bool = False,
) -> dict[str, str]:
    """`started` is the time.monotonic() at which the request came in.

    204, for what is not there, is ARM's own answer, and so is an error that it finds by itself:
    the machine learning service is not asked, and for such an error no request is counted.
    """
    asked = status != 204 and not failed_by_arm and MONITOR not in path.lower()
    ids = service_ids()
    moment = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    return {
        **ids,
        "x-ms-routing-request-id": f"{workspace.region.upper()}:{moment}:{ids['x-ms-request-id']}",
        **({} if failed_by_arm else _what_is_left(method, path)),
        **(_of_the_service(method, path, status, started, workspace) if asked else {}),
        "X-Cache": "CONFIG_NOCACHE",
        "X-MSEdge-Ref": _front_door_reference(),
        "Cache-Control": "no-cache",
        "Pragma": "no-cache",
        "Expires": "-1",
        "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
        "X-Content-Type-Options": "nosniff",
    }


def _of_the_service(
    method: str, path: str, status: int, started: float, workspace: Workspace
) -> dict[str, str]:
    headers = {
        "x-ms-response-type": "standard" if status < 400 else "error",
        "x-request-time": f"{time.monotonic() - started:.3f}",
        "Request-Context": f"appId=cid-v1:{workspace.workspace_id}",
        "azureml-served-by-cluster": f"vienna-{workspace.region}-01",
    }
    if method == "GET" and TRACKED.search(path):
        headers["x-ms-original-request-ids"] = ""
    if method != "GET" or REGION.search(path) or ASSETS.search(path):
        who = f"tenantId={workspace.tenant_id},objectId={workspace.principal_id}"
        headers["x-ms-operation-identifier"] = f"{who}/{workspace.region}/{uuid.uuid4()}"
    return headers


def _front_door_reference() -> str:
    moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    return f"Ref A: {uuid.uuid4().hex.upper()} Ref B: LOCAL000000000 Ref C: {moment}"


def _what_is_left(method: str, path: str) -> dict[str, str]:
    """Requests that the subscription has left; deployments are counted apart from other writes."""
    prefix = "x-ms-ratelimit-remaining-subscription"
    if method == "PUT" and DEPLOYMENT.search(path):
        return {f"{prefix}-resource-requests": str(DEPLOYMENTS_LEFT)}
    kind = READS if DIAGNOSIS.search(path) else KIND_OF_METHOD.get(method, WRITES)
    subscription, everywhere = LIMITS[kind]
    return {f"{prefix}-{kind}": str(subscription), f"{prefix}-global-{kind}": str(everywhere)}
