"""How a long-running operation is followed: its URLs, its status, the answers that begin it."""

import datetime as dt
import secrets
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from devstack.azureml_emulator.arm.records import TERMINAL, OperationRecord
from devstack.azureml_emulator.arm.versions import is_whole
from devstack.azureml_emulator.workspace import ARM_HOST, PROVIDER, Workspace

ZERO_TIME = "0001-01-01T00:00:00+00:00"
"""What the service gives as the end of an operation that has not ended."""
PERCENT = 0.0
"""The service sends 0.0 in every status, that of an ended operation included."""
RUNNING = "Updating"
"""The status of every operation that runs, creations and deletions included."""
TIMEOUT_HEADER = {"x-ms-async-operation-timeout": "PT30M"}
TICKS_PER_SECOND = 10_000_000
YEAR_ONE = dt.datetime(1, 1, 1, tzinfo=dt.UTC)


def status_url(workspace: Workspace, operation_id: str, version: str) -> str:
    """The status of an operation, as a resource's AzureAsyncOperationUri names it."""
    return _url("mfeOperationsStatus", workspace, operation_id, version)


def status_body(record: OperationRecord, path: str) -> dict[str, Any]:
    body: dict[str, Any] = {
        "id": path,
        "name": record.id,
        "status": record.status if record.status in TERMINAL else RUNNING,
        "startTime": record.started_at.isoformat(),
        "endTime": record.ended_at.isoformat() if record.ended_at else ZERO_TIME,
        "percentComplete": PERCENT,
    }
    if record.error is not None:
        body["error"] = record.error
    return body


def accepted_put(
    request: Request, body: dict[str, Any], workspace: Workspace, record: OperationRecord
) -> Response:
    """201: the operation is followed at Azure-AsyncOperation, Location is the resource itself."""
    headers = {**_headers(workspace, record), "Location": own_url(request)}
    return JSONResponse(body, 201, headers=headers)


def accepted_deletion(workspace: Workspace, record: OperationRecord, version: str) -> Response:
    """202: followed as a PUT is. It says `null`, in the newer versions nothing."""
    headers = {**_headers(workspace, record), "Location": result_url(workspace, record)}
    if is_whole(version):
        return Response(status_code=202, headers=headers)
    return JSONResponse(None, 202, headers=headers)


def accepted_patch(workspace: Workspace, record: OperationRecord) -> Response:
    """202 and `null`: followed at Location alone."""
    headers = {"Location": result_url(workspace, record), **TIMEOUT_HEADER}
    return JSONResponse(None, 202, headers={**headers, **record.polling_headers})


def accepted_action(workspace: Workspace, record: OperationRecord) -> Response:
    """202 and `null`: as of a PATCH, without a time limit."""
    headers = {"Location": result_url(workspace, record), **record.polling_headers}
    return JSONResponse(None, 202, headers=headers)


def result_url(workspace: Workspace, record: OperationRecord) -> str:
    return signed(_url("mfeOperationResults", workspace, record.id, record.api_version))


def own_url(request: Request) -> str:
    """The URL that was asked for, as a Location header gives it."""
    return f"https://{ARM_HOST}{request.url.path}?{request.url.query}"


def _headers(workspace: Workspace, record: OperationRecord) -> dict[str, str]:
    return {
        "Azure-AsyncOperation": signed(status_url(workspace, record.id, record.api_version)),
        **TIMEOUT_HEADER,
        **record.polling_headers,
    }


def _url(route: str, workspace: Workspace, operation_id: str, version: str) -> str:
    return (
        f"https://{ARM_HOST}/subscriptions/{workspace.subscription_id}/providers/{PROVIDER}"
        f"/locations/{workspace.region}/{route}/{operation_id}?api-version={version}"
    )


def signed(url: str) -> str:
    """With time, certificate, signature and hash, which ARM adds and nobody here checks."""
    since_year_one = dt.datetime.now(dt.UTC) - YEAR_ONE
    ticks = int(since_year_one.total_seconds() * TICKS_PER_SECOND)
    proofs = {name: secrets.token_urlsafe(32) for name in ("c", "s", "h")}
    return f"{url}&{urlencode({'t': ticks, **proofs})}"
