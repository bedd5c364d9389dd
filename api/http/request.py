"""One request, parsed: who calls, what they sent, and what a handler may use."""

import re
from dataclasses import dataclass, field
from typing import TypeVar
from uuid import UUID

import azure.functions as func
import structlog
from pydantic import BaseModel

from api.http.parsing import json_object, parsed_as
from shared.domain.deadline import Deadline
from shared.domain.naming import is_legal
from shared.errors.requests import (
    EndpointNotFound,
    Forbidden,
    InvalidRequest,
    NotFound,
    TooLarge,
    UnsupportedMediaType,
)
from shared.identity.tokens import Principal
from shared.ports.orchestrations import Orchestrations
from shared.ports.user_batches import UserBatches
from shared.ports.user_data import UserData
from shared.ports.user_models import UserModels
from shared.ports.user_templates import UserTemplates
from shared.services import Services
from shared.use_cases.deploy import Initiator
from shared.use_cases.deploy_batch import BatchInitiator

MAX_BODY_BYTES = 64 * 1024
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
_IDEMPOTENCY_KEY = re.compile(r"[\x21-\x7e]{1,255}")
Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True)
class Reply:
    status: int
    body: str | bytes
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/json"

    def as_response(self, request_id: str) -> func.HttpResponse:
        return func.HttpResponse(
            self.body,
            status_code=self.status,
            headers={"X-Request-Id": request_id, "Cache-Control": "no-store", **self.headers},
            mimetype=self.content_type,
            charset="utf-8",
        )


@dataclass(frozen=True)
class Call:
    """An authenticated request, and what its handler may use."""

    request: func.HttpRequest
    request_id: str
    services: Services
    principal: Principal
    data: UserData
    models: UserModels
    deadline: Deadline
    orchestrations: Orchestrations | None

    @property
    def deployment_id(self) -> str:
        """Of the path, as Slipway writes ids. Raises NotFound where it is no UUID."""
        deployment_id = self._id("deployment")
        structlog.contextvars.bind_contextvars(deployment_id=deployment_id)
        return deployment_id

    @property
    def model_id(self) -> str:
        """Of the path, as Slipway writes ids. Raises NotFound where it is no UUID."""
        return self._id("model")

    @property
    def operation_id(self) -> str:
        """Of the path, as Slipway writes ids. Raises NotFound where it is no UUID."""
        return self._id("operation")

    @property
    def endpoint_name(self) -> str:
        """Of the path, in lower case, as endpoints are kept. Raises EndpointNotFound."""
        name = str(self.request.route_params["endpoint_name"]).lower()
        if not is_legal(name):
            raise EndpointNotFound(name[:40])
        return name

    @property
    def template_id(self) -> str:
        """Of the path, as Slipway writes ids. Raises NotFound where it is no UUID."""
        return self._id("template")

    @property
    def batch_id(self) -> str:
        """Of the path, as Slipway writes ids. Raises NotFound where it is no UUID."""
        return self._id("batch")

    @property
    def batches(self) -> UserBatches:
        """The caller's own."""
        return self.services.user_batches(self.principal, self.deadline)

    @property
    def templates(self) -> UserTemplates:
        """The caller's own."""
        return self.services.user_templates(self.principal, self.deadline)

    def _id(self, of: str) -> str:
        try:
            return str(UUID(self.request.route_params[f"{of}_id"]))
        except ValueError:
            raise NotFound(f"There is no such {of}.", fix="Check the id.") from None

    @property
    def initiator(self) -> Initiator:
        """Begins operations for this request. Its route must be declared with orchestrates=True."""
        return Initiator(
            self.data,
            self._durable,
            self.services.settings,
            self.request_id,
            self._traceparent,
        )

    @property
    def batch_initiator(self) -> BatchInitiator:
        """The same for batches."""
        return BatchInitiator(
            self.batches,
            self.templates,
            self._durable,
            self.services.settings,
            self.services.sizes,
            self.request_id,
            self._traceparent,
        )

    @property
    def _durable(self) -> Orchestrations:
        if self.orchestrations is None:
            raise TypeError("declare the route with orchestrates=True")
        return self.orchestrations

    @property
    def _traceparent(self) -> str | None:
        sent: str = self.request.headers.get("traceparent", "")
        return sent if _TRACEPARENT.fullmatch(sent) else None

    @property
    def idempotency_key(self) -> str | None:
        """The header Idempotency-Key; None where it was not sent. Raises InvalidRequest."""
        key: str | None = self.request.headers.get("idempotency-key")
        if key is not None and not _IDEMPOTENCY_KEY.fullmatch(key):
            raise InvalidRequest(
                "Idempotency-Key: should be 1 to 255 printable ASCII characters without spaces",
                fix="Send a UUID.",
            )
        return key

    def query(self, model: type[Model]) -> Model:
        """The query's parameters, parsed. Raises InvalidRequest."""
        sent = {name: value for name, value in self.request.params.items() if name != "user_id"}
        return parsed_as(model, sent)

    def body(self, model: type[Model], max_bytes: int = MAX_BODY_BYTES) -> Model:
        """The JSON body. Raises TooLarge, UnsupportedMediaType, MalformedRequest, Forbidden for
        another user's id, and InvalidRequest, which names every field that is wrong.
        """
        sent = self.request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if sent != "application/json":
            raise UnsupportedMediaType(sent)
        body = self.raw_body(max_bytes, fix="Send only the fields that the route knows.")
        parsed = parsed_as(model, json_object(body))
        self.refuse_another_user(getattr(parsed, "user_id", None))
        return parsed

    def optional_body(self, model: type[Model]) -> Model:
        """The same; no body at all is an empty object."""
        return self.body(model) if self.request.get_body() else model()

    def raw_body(self, max_bytes: int, *, fix: str = "Send fewer rows at a time.") -> bytes:
        """The body's bytes. Raises TooLarge, with `fix`."""
        body: bytes = self.request.get_body() or b""
        if len(body) > max_bytes:
            raise TooLarge(len(body), max_bytes, fix=fix)
        return body

    def refuse_another_user(self, user_id: object) -> None:
        """Raises Forbidden where an id is given that is not the caller's."""
        if user_id is not None and str(user_id).lower() != self.principal.user_id:
            raise Forbidden


def open_call(
    req: func.HttpRequest,
    request_id: str,
    services: Services,
    orchestrations: Orchestrations | None,
    deadline: Deadline,
) -> Call:
    """A user's call, counted. Raises Unauthenticated, Forbidden, TooMany, Unavailable."""
    principal = services.tokens.verify(req.headers.get("authorization"), deadline)
    structlog.contextvars.bind_contextvars(user_id=principal.user_id)
    call = Call(
        req,
        request_id,
        services,
        principal,
        services.user_data(principal, deadline),
        services.user_models(principal, deadline),
        deadline,
        orchestrations,
    )
    call.refuse_another_user(req.params.get("user_id"))
    call.data.count_request()
    return call
