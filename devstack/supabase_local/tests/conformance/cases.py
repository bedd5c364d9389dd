"""One case: a request, and what PostgREST answers to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

ANY = object()
"""A body that the case says nothing of."""
OBJECT = {"Accept": "application/vnd.pgrst.object+json"}
REPRESENTATION = "return=representation"


@dataclass(frozen=True)
class Case:
    request: str
    """Method and path: `GET /films?id=eq.1`."""
    expected: Any = ANY
    """JSON, or text for other media types."""
    status: int = 200
    json: Any = None
    content: bytes | None = None
    prefer: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    sent: Mapping[str, str | None] = field(default_factory=dict)
    """Headers of the reply; None for one that must not be there."""

    def __str__(self) -> str:
        return f"{self.request} {self.prefer}".strip()

    def check(self, client: httpx.Client) -> None:
        method, path = self.request.split(" ", 1)
        body = {"json": self.json} if self.json is not None else {"content": self.content}
        preferences = ", ".join(filter(None, (self.prefer, "tx=rollback")))
        headers = {"Prefer": preferences, **self.headers}
        answer = client.request(method, path, headers=headers, **body)
        assert answer.status_code == self.status, answer.text
        if self.expected is not ANY:
            is_json = answer.content and "json" in answer.headers.get("content-type", "")
            assert (answer.json() if is_json else answer.text) == self.expected
        for name, value in self.sent.items():
            assert answer.headers.get(name) == value, (name, answer.headers.get(name))


def problem(code: str, message: str, details: Any = None, hint: Any = None) -> dict[str, Any]:
    return {"code": code, "message": message, "details": details, "hint": hint}
