"""Outages to order: `PUT /_control/faults` makes matching requests fail, wait or break off."""

import asyncio
import re
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, field_validator
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from devstack.supabase_local.connections import drop_connection

CONTROL = "/_control"


class Match(BaseModel):
    model_config = ConfigDict(extra="forbid")
    method: str | None = None
    path_regex: str = ""

    @field_validator("path_regex")
    @classmethod
    def _compiles(cls, text: str) -> str:
        try:
            re.compile(text)
        except re.error as error:
            raise ValueError(f"is no regular expression: {error}") from None
        return text


class Fault(BaseModel):
    """For the next `times` matching requests; they are only late without status or drop."""

    model_config = ConfigDict(extra="forbid")
    match: Match = Field(default_factory=Match)
    times: int = Field(1, ge=1)
    status: int | None = Field(None, ge=200, le=599)
    delay_seconds: float = Field(0, ge=0, le=600)
    drop_connection: bool = False

    def applies_to(self, scope: Scope) -> bool:
        method = self.match.method
        return (method is None or method.upper() == scope["method"]) and bool(
            re.search(self.match.path_regex, scope["path"])
        )


class Faults:
    """ASGI middleware around all services, and the routes that order its faults."""

    _adapter: ClassVar[TypeAdapter[list[Fault]]] = TypeAdapter(list[Fault])

    def __init__(self) -> None:
        self.ordered: list[Fault] = []

    def around(self, app: ASGIApp) -> ASGIApp:
        async def serve(scope: Scope, receive: Receive, send: Send) -> None:
            fault = self._next(scope) if scope["type"] == "http" else None
            if fault is None:
                await app(scope, receive, send)
                return
            await asyncio.sleep(fault.delay_seconds)
            if fault.drop_connection:
                drop_connection(scope)
            elif fault.status is not None:
                body = {
                    "code": str(fault.status),
                    "message": "Fault to order",
                    "details": None,
                    "hint": None,
                }
                await JSONResponse(body, fault.status)(scope, receive, send)
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
        """Replaces what was ordered before."""
        try:
            self.ordered = self._adapter.validate_json(await request.body())
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
        self.ordered = []
        return Response(status_code=204)

    def _next(self, scope: Scope) -> Fault | None:
        if scope["path"].startswith(CONTROL):
            return None
        for fault in self.ordered:
            if fault.applies_to(scope):
                fault.times -= 1
                if fault.times == 0:
                    self.ordered.remove(fault)
                return fault
        return None
