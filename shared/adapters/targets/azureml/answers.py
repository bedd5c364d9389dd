"""What was asked of Azure ML (`Intent`), and what it answered: one `Answer`, whatever its shape.

    ARM                  {"error": {"code", "message", "details": [...]}}
    the service's own    {"error": {"code": "UserError", "message", "details", "additionalInfo":
                          [{"type": "InnerError", "info": {"value": {"code", "innerError": ...}}}]}}
    raw envelope         {"error": {"code", "message", "innerError"}, "correlation": {...}, ...}
    no JSON              HTML of a proxy, XML of the blob store, `null`, nothing

The backend's refusals come as JSON inside a message, and the code of a failed operation as the
prefix of its message: "(None) ResourceNotReady: User container has crashed ...".
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from shared.domain.catalogue import CATALOGUE, Catalogue

_NESTED = ("error", "details", "innererror", "innerError", "additionalInfo", "info", "value")
_PREFIX = re.compile(r"^(?:\((?P<outer>\w*)\)\s*)?(?:(?P<inner>[A-Z][a-z]+(?:[A-Z][a-z]+)+): )?")
_XML_FIELD = re.compile(r"<(Code|Message)>\s*([^<]+)", re.IGNORECASE)
_TITLE = re.compile(r"<title>\s*([^<]+)", re.IGNORECASE)
_SECRET = re.compile(r"(\bsig=|\bBearer )[^&\s\"']+", re.IGNORECASE)
_ID_HEADERS = ("x-ms-request-id", "x-ms-correlation-request-id", "x-ms-client-request-id")
_ID_FIELDS = ("traceId", "operation", "request", "requestId", "correlationId")


@dataclass(frozen=True)
class Answer:
    """An error answer, outermost part first."""

    status: int | None = None
    codes: tuple[str, ...] = ()
    messages: tuple[str, ...] = ()
    ids: Mapping[str, str] = field(default_factory=dict)
    """Name to id, by which Microsoft's support finds the request."""
    retry_after: float | None = None
    """Seconds, of the header Retry-After."""
    raised: str = ""
    """The last line of the exception in the container's log."""

    @property
    def text(self) -> str:
        """All messages, one a line."""
        return "\n".join(self.messages)

    @property
    def reason(self) -> str:
        """The first line of the most specific message."""
        return self.messages[-1].partition("\n")[0].strip()[:300] if self.messages else ""

    def has(self, *codes: str) -> bool:
        """Whether one of these codes occurs, however deep."""
        known = {code.lower() for code in self.codes}
        return any(code.lower() in known for code in codes)


def read_answer(status: int | None, body: str | None, headers: Mapping[str, str]) -> Answer:
    """What this HTTP answer says; of one that cannot be read, no more than its status.

    Secrets in messages are replaced by `***`.
    """
    lower = {name.lower(): value for name, value in headers.items()}
    codes: list[str] = []
    messages: list[str] = []
    ids = {name: lower[name] for name in _ID_HEADERS if lower.get(name)}
    for kind, name, value in _facts(body or ""):
        if kind == "code":
            _add(codes, value)
        elif kind == "message":
            _add(messages, _SECRET.sub(r"\1***", value.strip()))
        else:
            ids.setdefault(name, value)
    if error_code := lower.get("x-ms-error-code"):
        _add(codes, error_code)
    for message in messages:
        for code in _prefixed(message):
            _add(codes, code)
    return Answer(status, tuple(codes), tuple(messages), ids, _seconds(lower.get("retry-after")))


Fact = tuple[str, str, str]
"""Kind (code, message or id), name, text."""


def _facts(body: str) -> Iterator[Fact]:
    """All that a body tells, outermost part first: of JSON, else of XML or HTML, else as text."""
    try:
        yield from _walk(json.loads(body))
    except (ValueError, RecursionError):
        for name, value in _XML_FIELD.findall(body):
            yield name.lower(), name, value
        if title := _TITLE.search(body):
            yield "message", "title", title[1]
        elif body and "<" not in body:
            yield "message", "text", body[:2000]


def _walk(node: Any) -> Iterator[Fact]:
    """The facts of an error at any depth: see the shapes above."""
    if isinstance(node, list):
        for item in node:
            yield from _walk(item)
    if not isinstance(node, dict):
        return
    for kind in ("code", "message"):
        if isinstance(node.get(kind), str) and node[kind]:
            yield kind, kind, node[kind]
    if isinstance(node.get("message"), str):
        yield from _inside(node["message"])
    if isinstance(node.get("errors"), dict):
        for complaints in node["errors"].values():
            for complaint in complaints if isinstance(complaints, list) else [complaints]:
                yield "message", "errors", str(complaint)
    for name in (*_ID_FIELDS, "correlation"):
        value = node.get(name)
        if isinstance(value, str) and value:
            yield "id", name, value
        elif isinstance(value, dict):
            yield from _walk(value)
    for name in _NESTED:
        yield from _walk(node.get(name))


def _inside(message: str) -> Iterator[Fact]:
    """The facts of JSON that a message carries at its end."""
    start = message.find("{")
    if start >= 0:
        try:
            yield from _walk(json.loads(message[start:]))
        except (ValueError, RecursionError):
            return


def _prefixed(message: str) -> Iterator[str]:
    """The codes that stand before a message: `(outer) Inner: message`."""
    if match := _PREFIX.match(message):
        for code in match.groups():
            if code and code != "None":
                yield code


def _add(known: list[str], value: str) -> None:
    if value not in known:
        known.append(value)


def _seconds(retry_after: str | None) -> float | None:
    try:
        return float(retry_after) if retry_after else None
    except ValueError:
        return None


@dataclass(frozen=True)
class Intent:
    """What was being tried when Azure ML answered: the nouns of a failure's message."""

    action: str
    """In the infinitive: "create the endpoint iris"."""
    workspace: str
    endpoint: str = ""
    model: str = ""
    instance_type: str = ""
    instances: int = 1
    sizes: Callable[[], Catalogue] = lambda: CATALOGUE
    """Those on offer, to propose one in place of one that has no quota."""
