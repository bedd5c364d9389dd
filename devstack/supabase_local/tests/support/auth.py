"""Plain requests to the auth service."""

from typing import Any
from uuid import uuid4

import httpx

from devstack.supabase_local.tests.support.project import HTTP

Row = dict[str, Any]
PASSWORD = "secret-1"
SIGN_UP, SIGN_IN = "POST /signup", "POST /token?grant_type=password"
REFRESH = "POST /token?grant_type=refresh_token"


class Auth:
    """Requests with the secret key, or as a user."""

    def __init__(self, facts: Row) -> None:
        self.url, self.keys = f"{facts['url']}/auth/v1", facts

    def ask(self, request: str, body: Any = None, token: str | None = None) -> httpx.Response:
        method, path = request.split(" ", 1)
        headers = {"apikey": self.keys["publishable_key" if token else "secret_key"]}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        content = {"content": body} if isinstance(body, bytes) else {"json": body}
        return HTTP.request(method, f"{self.url}{path}", headers=headers, **content)

    def sign_up(self, **data: Any) -> Row:
        body = {"email": f"{uuid4().hex}@example.org", "password": PASSWORD, "data": data}
        session: Row = self.ask(SIGN_UP, body).json()
        return session

    def sign_in(self, email: str, password: str = PASSWORD) -> httpx.Response:
        return self.ask(SIGN_IN, {"email": email, "password": password})

    def refresh(self, token: str) -> httpx.Response:
        return self.ask(REFRESH, {"refresh_token": token})
