"""What happens to every request before its service sees it: it is logged, and faults apply."""

import asyncio
import contextlib
import datetime as dt
import re
from collections import deque
from collections.abc import Callable

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from devstack.azureml_emulator.arm.manners import service_ids
from devstack.azureml_emulator.faults import Fault, Faults
from devstack.azureml_emulator.workspace import service_of

CALLS_KEPT = 10_000
DROP_SECONDS = 5
OPERATION_FAULT = "emulator.operation_fault"


class Call(BaseModel):
    at: dt.datetime
    service: str
    method: str
    host: str
    path: str
    query: str
    api_version: str | None
    status: int | None


class Intake:
    """ASGI wrapper. `drop` cuts the connection that comes from a given local port."""

    def __init__(self, app: ASGIApp, faults: Faults, drop: Callable[[int], None]) -> None:
        self._app = app
        self._faults = faults
        self._drop = drop
        self.calls: deque[Call] = deque(maxlen=CALLS_KEPT)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        host = request.headers.get("host", "").partition(":")[0].lower()
        call = Call(
            at=dt.datetime.now(dt.UTC),
            service=service_of(host),
            method=request.method,
            host=host,
            path=request.url.path,
            query=_without_signature(request.url.query),
            api_version=request.query_params.get("api-version")
            or request.headers.get("x-ms-version"),
            status=None,
        )
        self.calls.append(call)

        async def noting_status(message: Message) -> None:
            if message["type"] == "http.response.start":
                call.status = message["status"]
            await send(message)

        fault = self._faults.take(request.method, host, request.url.path)
        if fault is None:
            await self._app(scope, receive, noting_status)
        else:
            await self._apply(fault, request, scope, receive, noting_status)

    async def _apply(
        self, fault: Fault, request: Request, scope: Scope, receive: Receive, send: Send
    ) -> None:
        if fault.delay_seconds:
            await asyncio.sleep(fault.delay_seconds)
        if fault.drop_connection:
            if request.client is not None:
                self._drop(request.client.port)
            await _disconnected(receive)
            return
        if fault.status is not None:
            await _answer(fault)(scope, receive, send)
            return
        if fault.fail_operation is not None:
            scope[OPERATION_FAULT] = fault.fail_operation
        await self._app(scope, receive, send)


def _answer(fault: Fault) -> Response:
    """What is injected carries the ids that every answer of the service has."""
    status, headers = fault.status or 500, {**service_ids(), **fault.headers}
    if isinstance(fault.body, str):
        return Response(fault.body, status, media_type="text/html", headers=headers)
    return JSONResponse(fault.body, status, headers=headers)


async def _disconnected(receive: Receive) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(DROP_SECONDS):
            while (await receive())["type"] != "http.disconnect":
                pass


def _without_signature(query: str) -> str:
    return re.sub(r"(^|&)sig=[^&]*", r"\1sig=...", query)
