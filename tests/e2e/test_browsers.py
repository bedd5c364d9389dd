"""What a browser's page needs of the API: preflights, readable headers, cheap polling."""

import httpx

from tests.e2e.test_refusals import problem

LIST = "/deployments/list"


def origin_of(world):
    """The dashboard's, as the local world sets it: one port below the functions."""
    port = httpx.URL(world.facts["functions_url"]).port
    assert port is not None
    return f"http://127.0.0.1:{port - 1}"


def test_the_dashboards_page_may_call_and_read(world):
    origin = origin_of(world)
    asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    preflight = world.ada.api.options("/deployments/deploy", headers=asked)
    assert preflight.status_code == 204
    assert preflight.headers["access-control-allow-origin"] == origin
    assert "POST" in preflight.headers["access-control-allow-methods"]
    assert "If-Match" in preflight.headers["access-control-allow-headers"]
    reply = world.ada.api.get(LIST, headers={"Origin": origin})
    assert reply.headers["access-control-allow-origin"] == origin
    assert "ETag" in reply.headers["access-control-expose-headers"]


def test_a_page_may_ask_for_an_endpoint_by_name_and_move_its_traffic(world):
    origin = origin_of(world)
    for method, path in (("GET", "/endpoints/iris"), ("PUT", "/endpoints/iris/traffic")):
        asked = {"Origin": origin, "Access-Control-Request-Method": method}
        preflight = world.ada.api.options(path, headers=asked)
        assert preflight.status_code == 204
        assert method in preflight.headers["access-control-allow-methods"]


def test_a_refusal_too_can_be_read_by_the_page(world):
    reply = httpx.get(world.facts["functions_url"] + LIST, headers={"Origin": origin_of(world)})
    assert (reply.status_code, problem(reply)["retry_after"]) == (401, None)
    assert reply.headers["access-control-allow-origin"] == origin_of(world)


def test_another_origins_page_is_not_let_in(world):
    foreign = {"Origin": "https://evil.example.com", "Access-Control-Request-Method": "GET"}
    assert world.ada.api.options(LIST, headers=foreign).status_code == 405
    reply = world.ada.api.get(LIST, headers=foreign)
    assert "access-control-allow-origin" not in reply.headers


def test_a_page_that_polls_gets_a_body_only_when_there_is_news(world):
    for path in (LIST, "/deployments/stats"):
        first = world.grace.api.get(path)
        again = world.grace.api.get(path, headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        other = world.ada.api.get(path, headers={"If-None-Match": '"older"'})
        assert other.status_code == 200
