"""Paths and methods that the API does not have: one error shape there too, and nothing hidden."""

import httpx
import pytest

from tests.e2e.test_refusals import problem

ID = "7f9c2ba4-e88f-427d-81e0-ad2d67e0a7a1"


@pytest.mark.parametrize(
    "path",
    ["/nope", "/deployments", "/deployments/not-a-uuid", "/deployments/not-a-uuid/logs",
     "/deployments/list/more", "/Deployments//list", "/deployments/%00", "/a%2Fb", "/docs/x"],
)  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_a_path_that_is_no_route_is_not_found(world, method, path):
    reply = world.ada.api.request(method, path)
    assert reply.status_code == 404
    assert problem(reply)["code"] == "not_found"


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/deployments/list", "GET"),
        ("GET", "/deployments/deploy", "POST"),
        ("PUT", f"/deployments/{ID}", "DELETE, GET, PATCH"),
        ("POST", f"/deployments/{ID}/keys", "GET"),
        ("OPTIONS", "/deployments/list", "GET"),
        ("TRACE", "/deployments/list", "GET"),
        ("PROPFIND", "/deployments/list", "GET"),
        ("DELETE", "/healthz", "GET"),
    ],
)
def test_a_method_that_the_path_does_not_take_is_405_and_says_which_it_takes(
    world, method, path, allowed
):
    reply = world.ada.api.request(method, path)
    assert (reply.status_code, reply.headers["allow"]) == (405, allowed)
    assert problem(reply)["code"] == "wrong_method"


@pytest.mark.parametrize(("path", "status"), [("/deployments/list", 405), ("/nope", 404)])
def test_a_head_request_has_its_id_and_no_body(world, path, status):
    reply = world.ada.api.head(path, headers={"X-Request-Id": "mine"})
    assert (reply.status_code, reply.content) == (status, b"")
    assert reply.headers["x-request-id"] == "mine"


def test_nobody_needs_a_token_to_be_told_so_and_the_path_is_not_echoed(world):
    reply = httpx.get(f"{world.facts['functions_url']}/%3Cscript%3E")
    assert reply.status_code == 404
    assert "script" not in reply.text


def test_the_durable_management_api_is_not_hidden(world):
    url = f"{world.facts['functions_url']}/runtime/webhooks/durabletask/instances/nobody"
    missing = httpx.get(url)
    assert (missing.status_code, "x-request-id" in missing.headers) == (404, False)
