"""Outages to order: `PUT /_control/faults` makes matching requests fail, wait or break off."""

import asyncio
import contextlib
import re
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, field_validator
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from devstack.supabase_local.connections import drop_connection

CONTROL = "/_control"


class Match(BaseModel):
    model_config = ConfigDict(extra="forbid")
    method: str | None = None
    path_regex: str = ""
    body_regex: str | None = None

    @field_validator("path_regex", "body_regex")
    @classmethod
    def _compiles(cls, text: str | None) -> str | None:
        try:
            re.compile(text or "")
        except re.error as error:
            raise ValueError(f"is no regular expression: {error}") from None
        return text


class Fault(BaseModel):
    """For the next `times` matching requests; they are only late without status or drop.

    `performed`: the work is done first, and only its answer is late, replaced or cut off.
    """

    model_config = ConfigDict(extra="forbid")
    match: Match = Field(default_factory=Match)
    times: int = Field(1, ge=1)
    status: int | None = Field(None, ge=200, le=599)
    delay_seconds: float = Field(0, ge=0, le=600)
    drop_connection: bool = False
    performed: bool = False

    def applies_to(self, scope: Scope, body: bytes) -> bool:
        method, body_regex = self.match.method, self.match.body_regex
        return (
            (method is None or method.upper() == scope["method"])
            and bool(re.search(self.match.path_regex, scope["path"]))
            and (body_regex is None or bool(re.search(body_regex.encode(), body)))
        )


class Faults:
    """ASGI middleware around all services, and the routes that order its faults."""

    _adapter: ClassVar[TypeAdapter[list[Fault]]] = TypeAdapter(list[Fault])

    def __init__(self) -> None:
        self.ordered: list[Fault] = []
        self._replaced = asyncio.Event()

    def around(self, app: ASGIApp) -> ASGIApp:
        async def serve(scope: Scope, receive: Receive, send: Send) -> None:
            body = b""
            if self._asks_for_bodies(scope):
                body, receive = await _read(scope, receive)
            fault = self._next(scope, body) if scope["type"] == "http" else None
            if fault is None:
                await app(scope, receive, send)
                return
            answer: list[Message] = []
            if fault.performed:
                await app(scope, receive, _keeping(answer))
            await self._wait(fault.delay_seconds)
            if fault.drop_connection:
                drop_connection(scope)
            elif fault.status is not None:
                problem = {
                    "code": str(fault.status),
                    "message": "Fault to order",
                    "details": None,
                    "hint": None,
                }
                await JSONResponse(problem, fault.status)(scope, receive, send)
            elif fault.performed:
                for message in answer:
                    await send(message)
            else:
                await app(scope, receive, send)

        return serve

    def routes(self) -> list[Route]:
        return [
            Route(f"{CONTROL}/faults", self.put, methods=["PUT"]),
            Route(f"{CONTROL}/faults", self.list_all, methods=["GET"]),
            Route(f"{CONTROL}/faults", self.clear, methods=["DELETE"]),
        ]

    async def put(self, request: Request) -> Response:
        """Replaces what was ordered before; what still waits by its order waits no longer."""
        try:
            self._replace(self._adapter.validate_json(await request.body()))
        except ValidationError as error:
            problems = [
                {"field": ".".join(map(str, one["loc"])), "problem": one["msg"]}
                for one in error.errors()
            ]
            return JSONResponse({"code": "invalid_faults", "problems": problems}, 422)
        return await self.list_all(request)

    async def list_all(self, _: Request) -> Response:
        return JSONResponse([fault.model_dump() for fault in self.ordered])

    async def clear(self, _: Request) -> Response:
        self._replace([])
        return Response(status_code=204)

    def _replace(self, faults: list[Fault]) -> None:
        self.ordered = faults
        self._replaced.set()
        self._replaced = asyncio.Event()

    async def _wait(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._replaced.wait()

    def _asks_for_bodies(self, scope: Scope) -> bool:
        """Only then is a body read here, so that uploads otherwise pass as they come."""
        return scope["type"] == "http" and any(
            fault.match.body_regex is not None for fault in self.ordered
        )

    def _next(self, scope: Scope, body: bytes) -> Fault | None:
        if scope["path"].startswith(CONTROL):
            return None
        for fault in self.ordered:
            if fault.applies_to(scope, body):
                fault.times -= 1
                if fault.times == 0:
                    self.ordered.remove(fault)
                return fault
        return None


async def _read(scope: Scope, receive: Receive) -> tuple[bytes, Receive]:
    """The request's body, and a `receive` that gives it once more."""
    body = await Request(scope, receive).body()
    given: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return given.pop() if given else await receive()

    return body, again


def _keeping(answer: list[Message]) -> Send:
    async def keep(message: Message) -> None:
        answer.append(message)

    return keep
