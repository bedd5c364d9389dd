"""What a page of another origin needs: preflights that pass, replies and failures it may read."""

import socket
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

ORIGIN = "http://localhost:3000"
Row = dict[str, Any]


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("GET", "/rest/v1/tags", "apikey,authorization,accept-profile,x-client-info"),
        ("PATCH", "/rest/v1/tags", "apikey,authorization,content-type,prefer,content-profile"),
        ("PUT", "/rest/v1/tags", "apikey,authorization,content-type,prefer"),
        ("POST", "/rest/v1/rpc/add", "apikey,authorization,content-type"),
        ("POST", "/auth/v1/token", "apikey,authorization,content-type,x-supabase-api-version"),
        ("PUT", "/auth/v1/user", "apikey,authorization,content-type"),
        ("POST", "/storage/v1/object/private/x", "apikey,authorization,x-upsert,cache-control"),
        ("DELETE", "/storage/v1/object/private", "apikey,authorization,content-type"),
    ],
)
def test_a_preflight_passes_for_what_the_clients_send(
    facts: Row, method: str, path: str, headers: str
) -> None:
    answer = httpx.options(
        f"{facts['url']}{path}",
        headers={
            "Origin": ORIGIN,
            "Access-Control-Request-Method": method,
            "Access-Control-Request-Headers": headers,
        },
    )
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert method in answer.headers["access-control-allow-methods"].split(", ")
    allowed = {one.strip() for one in answer.headers["access-control-allow-headers"].split(",")}
    assert set(headers.split(",")) <= allowed


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/rest/v1/tags", 200),
        ("GET", "/rest/v1/absent", 404),
        ("POST", "/auth/v1/token?grant_type=password", 400),
        ("GET", "/storage/v1/object/private/absent", 400),
        ("GET", "/realtime/v1/websocket", 501),
        ("GET", "/nowhere", 404),
        ("TRACE", "/rest/v1/tags", 405),
    ],
)
def test_replies_and_failures_can_be_read(
    http: httpx.Client, method: str, path: str, status: int
) -> None:
    answer = http.request(method, path, headers={"Origin": ORIGIN})
    assert answer.status_code == status
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "Content-Range" in answer.headers["access-control-expose-headers"]
    if status == 405:
        assert answer.json()["code"] == "PGRST117"


def test_a_fault_to_order_can_be_read_too(http: httpx.Client) -> None:
    http.put("/_control/faults", json=[{"match": {"path_regex": "^/rest/"}, "status": 503}])
    answer = http.get("/rest/v1/tags", headers={"Origin": ORIGIN})
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (503, "*")


def test_a_connection_may_rest_between_requests(facts: Row) -> None:
    place = urlsplit(facts["url"])
    ask = b"GET /_control/health HTTP/1.1\r\nHost: x\r\n\r\n"
    with socket.create_connection((place.hostname, place.port), timeout=6) as line:
        line.sendall(ask)
        assert line.recv(12) == b"HTTP/1.1 200"
        while line.recv(4096)[-1:] != b"}":
            pass
        with pytest.raises(TimeoutError):
            line.recv(1)  # it was closed after five seconds once
        line.sendall(ask)
        assert line.recv(12) == b"HTTP/1.1 200"
