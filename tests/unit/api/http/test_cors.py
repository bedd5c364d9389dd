import azure.functions as func
import pytest

from api.http.cors import cors_headers, preflight

PAGE = "https://app.example.com"
ASK = {"Origin": PAGE, "Access-Control-Request-Method": "POST"}


def request(method="GET", **headers):
    return func.HttpRequest(method, "http://127.0.0.1/deployments/list", headers=headers, body=b"")


def test_a_page_of_an_allowed_origin_may_read_the_reply_and_its_headers():
    found = cors_headers(request(Origin=PAGE), (PAGE,))
    assert found["Access-Control-Allow-Origin"] == PAGE
    assert found["Access-Control-Expose-Headers"] == "Location, Retry-After, X-Request-Id, ETag"
    assert found["Vary"] == "Origin"


@pytest.mark.parametrize("origin", ["https://other.example.com", "null", f"{PAGE}.evil.com", "*"])
def test_no_other_origin_is_let_in_and_caches_are_told(origin):
    assert cors_headers(request(Origin=origin), (PAGE,)) == {"Vary": "Origin"}


def test_without_the_setting_nothing_is_said():
    assert cors_headers(request(Origin=PAGE), ()) == {}


def test_a_preflight_names_the_methods_of_the_path():
    reply = preflight(request("OPTIONS", **ASK), {"POST", "GET"}, (PAGE,))
    assert reply is not None
    assert (reply.status, reply.body) == (204, b"")
    assert reply.headers["Access-Control-Allow-Methods"] == "GET, POST"
    assert "Idempotency-Key" in reply.headers["Access-Control-Allow-Headers"]


@pytest.mark.parametrize(
    "asked",
    [
        request("OPTIONS", Origin=PAGE),
        request("OPTIONS", **{**ASK, "Origin": "https://other.example.com"}),
        request("GET", **ASK),
    ],
)
def test_anything_else_is_no_preflight(asked):
    assert preflight(asked, {"POST"}, (PAGE,)) is None
