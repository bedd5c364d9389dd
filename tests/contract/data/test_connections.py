"""One pool a process: a client of a request's own would cost it an SSL context and a connection."""

import socket
import uuid
from collections.abc import Callable
from typing import Any

import azure.functions as func
import httpx
import pytest

from api.http.routing import ROUTES, answer
from shared.domain.deadline import Deadline
from shared.services import compose
from tests.support.data import Person, Project

READS: dict[str, dict[str, str]] = {
    "list_deployments": {},
    "deployment_stats": {},
    "get_deployment": {"deployment_id": str(uuid.uuid4())},
}
Ask = Callable[[Person, str], int]


@pytest.fixture
def ask(project: Project, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Calls a route as the host does; the status."""
    app = compose(project.settings)
    monkeypatch.setattr("api.http.routing.services", lambda: app)
    routes = {route.name: route for route in ROUTES}

    def ask(person: Person, name: str) -> int:
        request = func.HttpRequest(
            "GET",
            f"http://127.0.0.1/{name}",
            headers={"authorization": f"Bearer {person.token}"},
            route_params=READS[name],
            body=b"",
        )
        return answer(routes[name], request, None, Deadline.after(60)).status_code

    return ask


def count(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str) -> list[object]:
    """Grows with each call, which is carried out as ever."""
    calls: list[object] = []
    real = getattr(owner, name)

    def counted(*arguments: Any, **options: Any) -> Any:
        calls.append(arguments)
        return real(*arguments, **options)

    monkeypatch.setattr(owner, name, counted)
    return calls


def test_no_request_makes_a_client_or_a_connection_of_its_own(
    ask: Ask, ada: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ask(ada, "list_deployments") == 200
    clients = count(monkeypatch, httpx.Client, "__init__")
    connections = count(monkeypatch, socket, "create_connection")
    statuses = [ask(person, name) for _ in range(5) for person in (ada, bob) for name in READS]
    assert statuses == [200, 200, 404] * 10
    assert (len(clients), len(connections)) == (0, 0)
    httpx.Client().close()
    assert len(clients) == 1
