"""Plain requests to the storage service."""

from collections.abc import Mapping
from typing import Any

import httpx

Row = dict[str, Any]
UPSERT = {"x-upsert": "true"}


class Storage:
    """Requests with the secret key."""

    def __init__(self, http: httpx.Client) -> None:
        self.http = http

    def ask(self, request: str, body: Any = None, **options: Any) -> httpx.Response:
        method, path = request.split(" ", 1)
        return self.http.request(method, f"/storage/v1{path}", json=body, **options)

    def upload(
        self, name: str, content: bytes = b"0123456789", headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        path = f"/storage/v1/object/open/{name}"
        return self.http.post(path, content=content, headers={**UPSERT, **(headers or {})})

    def names(self, prefix: str, **options: Any) -> list[str]:
        listed = self.ask("POST /object/list/open", {"prefix": prefix, **options})
        return [entry["name"] for entry in listed.json()]

    def info(self, name: str) -> Row:
        found: Row = self.ask(f"GET /object/info/open/{name}").json()
        return found
