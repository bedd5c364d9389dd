"""HTTP functions: routes, requests, responses, keys, errors."""

import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from devstack.functions_host.tests.support.host import FunctionsHost

GUID = "0b9f4b0e-6a0e-4c3e-9a48-111111111111"


def test_a_request_arrives_whole(host: FunctionsHost) -> None:
    seen = host.http.put(
        "/inspect/42/a%20b", params={"q": "x y"}, headers={"X-Sample": "h"}, content="büdy"
    ).json()
    assert seen == {
        "method": "PUT",
        "url": f"{host.ready['url']}/inspect/42/a%20b?q=x+y",
        "params": {"q": "x y"},
        "route": {"id": "42", "rest": "a b"},
        "header": "h",
        "body": "büdy",
    }


def test_an_optional_parameter_may_be_left_out(host: FunctionsHost) -> None:
    assert host.http.get("/inspect/42").json()["route"] == {"id": "42"}


def test_a_value_that_breaks_its_constraint_is_not_found(host: FunctionsHost) -> None:
    assert host.http.get("/inspect/forty-two").status_code == 404
    assert host.http.get("/things/not-a-guid").status_code == 404


def test_a_literal_route_wins_over_a_parameter(host: FunctionsHost) -> None:
    assert host.http.get("/things/list").text == "list"
    assert host.http.get(f"/things/{GUID}").text == f"thing {GUID}"


def test_functions_share_a_route_by_method(host: FunctionsHost) -> None:
    assert host.http.delete(f"/things/{GUID}").status_code == 204


def test_a_method_that_no_route_of_the_path_takes_is_not_found(host: FunctionsHost) -> None:
    response = host.http.patch(f"/things/{GUID}")
    assert (response.status_code, response.content) == (404, b"")


def test_what_no_route_takes_goes_to_a_catch_all(new_host) -> None:
    host = new_host(env={"CATCH_ALL": "1"}).start()
    assert host.http.get("/things/list").text == "list"
    assert host.http.get("/").text == "GET "
    assert host.http.get("/things/not-a-guid").text == "GET things/not-a-guid"
    assert host.http.put("/things/list").text == "PUT things/list"
    for method in ("HEAD", "OPTIONS", "TRACE"):
        assert host.http.request(method, "/things/list").headers["x-caught"] == method


def test_a_catch_all_hides_neither_the_hosts_own_api_nor_the_durable_one(new_host) -> None:
    host = new_host(env={"CATCH_ALL": "1"}).start()
    assert host.http.get("/admin/host/status").json()["state"] == "Running"
    assert host.http.get("/runtime/webhooks/durabletask/instances/").json() == []
    for path in ("/admin/nope", "/runtime/webhooks/durabletask/nope"):
        missing = host.http.get(path)
        assert (missing.status_code, "x-caught" in missing.headers) == (404, False)


def test_a_path_may_hold_a_line_break(host: FunctionsHost) -> None:
    assert host.http.get("/inspect/42/a%0Ab").json()["route"] == {"id": "42", "rest": "a\nb"}


def test_a_catch_all_takes_the_rest_of_the_path(host: FunctionsHost) -> None:
    assert host.http.get("/files/a/b/c.txt").text == "a/b/c.txt"


def test_a_response_keeps_its_cookies_type_and_charset(host: FunctionsHost) -> None:
    response = host.http.get("/cookies")
    assert response.headers.get_list("set-cookie") == ["a=1; Path=/", "b=2; HttpOnly"]
    assert response.headers["content-type"] == "text/html; charset=latin-1"
    assert response.content == "größe".encode("latin-1")


@pytest.mark.parametrize("path", ["/crash", "/wrong"])
def test_a_function_that_fails_is_a_bare_500(host: FunctionsHost, path: str) -> None:
    response = host.http.get(path)
    assert (response.status_code, response.content) == (500, b"")


def test_what_failed_is_in_the_log_with_the_apps_own_frames(host: FunctionsHost) -> None:
    host.http.get("/crash")
    log = host.log()
    assert "RuntimeError: a secret detail" in log
    assert "http_routes.py" in log
    assert "site-packages/uvicorn" not in log


@pytest.mark.parametrize(("path", "key"), [("/locked", "function_key"), ("/vault", "master_key")])
def test_a_key_opens_a_locked_function(host: FunctionsHost, path: str, key: str) -> None:
    assert host.http.get(path).status_code == 401
    assert host.http.get(path, params={"code": "guess"}).status_code == 401
    assert host.http.get(path, params={"code": host.ready[key]}).text == "open"
    assert host.http.get(path, headers={"x-functions-key": host.ready[key]}).text == "open"


def test_a_function_key_does_not_open_an_admin_function(host: FunctionsHost) -> None:
    assert host.http.get("/vault", params={"code": host.ready["function_key"]}).status_code == 401


def test_a_function_joins_the_callers_trace(host: FunctionsHost) -> None:
    headers = {"traceparent": f"00-{'a' * 32}-{'b' * 16}-01", "tracestate": "vendor=1"}
    seen = host.http.get("/trace", headers=headers).json()
    assert seen["traceparent"].startswith(f"00-{'a' * 32}-")
    assert seen["traceparent"] != headers["traceparent"]
    assert (seen["tracestate"], seen["function"]) == ("vendor=1", "request_trace")


def test_a_body_beyond_the_limit_is_refused(new_host) -> None:
    host = new_host(env={"FUNCTIONS_REQUEST_BODY_SIZE_LIMIT": "1000"}).start()
    assert host.http.post("/inspect/1", content=b"x" * 1000).status_code == 200
    assert host.http.post("/inspect/1", content=b"x" * 1001).status_code == 413
    chunks = (b"x" * 600 for _ in range(2))
    assert host.http.post("/inspect/1", content=chunks).status_code == 413


def test_a_coroutine_that_blocks_does_not_stop_the_host(host: FunctionsHost) -> None:
    with ThreadPoolExecutor(1) as caller:
        blocked = caller.submit(host.http.get, "/blocks")
        try:
            host.until_effect("blocks")
            assert host.http.get("/admin/host/status").json()["state"] == "Running"
            assert not blocked.done()
        finally:
            host.release("blocks")
        assert blocked.result().text == "blocked"


def test_the_ready_file_lists_functions_and_is_private(host: FunctionsHost) -> None:
    ready = {f["name"]: f for f in host.ready["functions"]}
    assert ready["thing"] == {
        "name": "thing",
        "trigger": "httpTrigger",
        "route": "/things/{id:guid}",
        "methods": ["GET"],
    }
    assert ready["chain"]["trigger"] == "orchestrationTrigger"
    assert host.ready["hub"] == "SampleHub"
    assert (host.state.parent / "ready.json").stat().st_mode & 0o077 == 0
    assert host.process
    assert host.ready["pid"] == host.process.pid != os.getpid()
