"""Outages to order, and what is not there at all."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from postgrest.exceptions import APIError

from devstack.supabase_local.tests.support.project import eventually
from supabase import Client

Row = dict[str, Any]


@pytest.fixture
def control(facts: Row) -> Iterator[httpx.Client]:
    """No key: whoever reaches loopback may order faults."""
    with httpx.Client(base_url=f"{facts['url']}/_control") as http:
        yield http
        http.delete("/faults")


def order(control: httpx.Client, **fault: Any) -> None:
    assert control.put("/faults", json=[fault]).is_success


def test_a_status_is_given_as_often_as_ordered_and_only_where_it_matches(
    control: httpx.Client, anonymous: Client
) -> None:
    order(control, match={"method": "GET", "path_regex": "^/rest/v1/tags"}, times=2, status=500)
    anonymous.table("products").select("id").execute()
    for _ in range(2):
        with pytest.raises(APIError) as caught:
            anonymous.table("tags").select("id").execute()
        assert caught.value.code == "500"
    anonymous.table("tags").select("id").execute()
    assert control.get("/faults").json() == []


def test_a_connection_is_cut_without_a_reply(control: httpx.Client, http: httpx.Client) -> None:
    order(control, match={"path_regex": "/rest/"}, drop_connection=True)
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        http.get("/rest/v1/tags")
    assert http.get("/rest/v1/tags").is_success


def test_a_client_that_retries_overcomes_a_cut_connection(
    control: httpx.Client, anonymous: Client
) -> None:
    order(control, match={"path_regex": "/rest/"}, drop_connection=True)
    assert anonymous.table("tags").select("id").limit(0).execute().data == []


def test_a_delay_makes_a_reply_late_but_right(control: httpx.Client, http: httpx.Client) -> None:
    order(control, delay_seconds=0.3)
    begin = time.monotonic()
    assert http.get("/rest/v1/tags").is_success
    assert time.monotonic() - begin >= 0.3


def test_faults_can_be_called_off(control: httpx.Client, http: httpx.Client) -> None:
    order(control, times=1000, status=503)
    assert http.get("/rest/v1/tags").status_code == 503
    assert control.get("/health").json() == {"status": "ok"}
    control.delete("/faults")
    assert http.get("/rest/v1/tags").is_success


def test_a_fault_can_look_into_the_body(control: httpx.Client, http: httpx.Client) -> None:
    order(control, match={"body_regex": '"email": *"bob@'}, status=503)
    replies = [
        http.post("/auth/v1/signup", json={"email": f"{name}@example.com", "password": "long-one"})
        for name in ("anna", "bob")
    ]
    assert [reply.status_code for reply in replies] == [200, 503]


def test_work_that_is_performed_may_lose_its_answer(
    control: httpx.Client, http: httpx.Client
) -> None:
    account = {"email": "carol@example.com", "password": "long-enough"}
    order(control, match={"path_regex": "/signup"}, performed=True, drop_connection=True)
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        http.post("/auth/v1/signup", json=account)
    signed_in = http.post("/auth/v1/token?grant_type=password", json=account)
    assert signed_in.status_code == 200


def test_what_waits_goes_on_when_faults_are_called_off(
    control: httpx.Client, http: httpx.Client
) -> None:
    order(control, match={"path_regex": "^/rest/"}, delay_seconds=600)
    with ThreadPoolExecutor(1) as aside:
        late = aside.submit(http.get, "/rest/v1/tags")
        eventually(lambda: control.get("/faults").json() == [], "the request waits")
        assert not late.done()
        control.delete("/faults")
        assert late.result(10).is_success


@pytest.mark.parametrize(
    "body", ["{", "[1]", '[{"times": 0}]', '[{"match": {"path_regex": "("}}]', '[{"unknown": 1}]']
)
def test_an_order_that_is_not_understood_is_refused_with_the_field(
    control: httpx.Client, body: str
) -> None:
    answer = control.put("/faults", content=body)
    assert answer.status_code == 422
    assert answer.json()["problems"][0]["problem"]


@pytest.mark.parametrize(
    ("path", "feature"),
    [
        ("/realtime/v1/websocket", "Realtime"),
        ("/functions/v1/hello", "Edge Functions"),
        ("/graphql/v1", "GraphQL"),
        ("/storage/v1/upload/resumable", "Resumable (TUS) upload"),
        ("/storage/v1/render/image/public/open/x.png", "Image transformation"),
        ("/auth/v1/otp", "Sign-in by one-time password"),
        ("/auth/v1/authorize", "OAuth sign-in"),
        ("/rest/v1/", "The OpenAPI description of the schema"),
    ],
)
def test_what_is_not_there_says_so_by_name(http: httpx.Client, path: str, feature: str) -> None:
    answer = http.post(path, json={}) if "auth" in path else http.get(path)
    assert answer.status_code == 501
    assert feature in answer.json()["message"]


def test_nowhere_is_404_in_json(http: httpx.Client) -> None:
    for path in ("/", "/nothing", "/auth/v1/nothing", "/rest/v1/a/b"):
        answer = http.get(path)
        assert answer.status_code == 404, path
        assert answer.json()["message"]
    assert http.post("/auth/v1/health").status_code == 405
