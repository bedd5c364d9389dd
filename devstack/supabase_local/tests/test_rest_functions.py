"""Calling functions with supabase-py."""

from typing import Any

import httpx
import pytest
from postgrest.exceptions import APIError

from devstack.supabase_local.tests.support.project import Person

Row = dict[str, Any]


@pytest.mark.parametrize("get", [False, True])
@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("add", {"a": 1, "b": 5}, 6),
        ("add", {"a": 1}, 2),
        ("numbers", {"up_to": 3}, [1, 2, 3]),
        ("echo", {"document": {"a": [1, None]}}, {"a": [1, None]}),
    ],
)
def test_values_come_back_as_they_are(
    alice: Person, name: str, arguments: Row, expected: Any, get: bool
) -> None:
    assert alice.client.rpc(name, arguments, get=get).execute().data == expected


def test_a_variadic_argument_is_a_list_or_repeated_in_a_query_string(
    alice: Person, http: httpx.Client
) -> None:
    assert alice.client.rpc("total", {"amounts": [1, 2, 3]}).execute().data == 6
    assert http.get("/rest/v1/rpc/total?amounts=1&amounts=2").json() == 3


def test_returned_rows_can_be_filtered_embedded_ordered_and_counted(
    alice: Person, shop: Row
) -> None:
    query = alice.client.rpc("shops_named", {"pattern": "shop-%"}, count="exact")
    reply = query.select("name,products(name)").eq("id", shop["id"]).execute()
    assert reply.data[0]["name"] == shop["name"]
    assert len(reply.data[0]["products"]) == 3
    pairs = alice.client.rpc("pairs", {}).gt("number", 1).order("number", desc=True).limit(1)
    assert pairs.execute().data == [{"number": 3, "word": "three"}]


def test_a_single_row_is_an_object(alice: Person, shop: Row) -> None:
    assert alice.client.rpc("first_shop", {}).execute().data["id"] == shop["id"]
    one = alice.client.rpc("shops_named", {"pattern": shop["name"]}).select("id").single()
    assert one.execute().data == {"id": shop["id"]}


def test_a_void_function_answers_without_content(http: httpx.Client) -> None:
    answer = http.post("/rest/v1/rpc/nothing", json={})
    assert (answer.status_code, answer.content) == (204, b"")


def test_an_unnamed_json_parameter_takes_the_whole_body(alice: Person) -> None:
    assert alice.client.rpc("whole_body", {"inner": {"x": 1}}).execute().data == {"x": 1}


def test_a_function_knows_who_calls_it(alice: Person) -> None:
    assert alice.client.rpc("claims", {}).execute().data == {
        "uid": alice.id,
        "role": "authenticated",
        "email": alice.email,
        "current": "authenticated",
    }


def test_what_no_function_takes_is_said_with_the_arguments(alice: Person) -> None:
    for name, arguments in (("add", {"x": 1}), ("absent", {})):
        with pytest.raises(APIError) as caught:
            alice.client.rpc(name, arguments).execute()
        assert caught.value.code == "PGRST202"
        assert f"public.{name}" in str(caught.value.message)


@pytest.mark.parametrize(
    ("code", "status"), [("P0001", 400), ("PT402", 402), ("42501", 403), ("23505", 409)]
)
def test_a_raised_error_keeps_code_message_detail_and_hint(
    http: httpx.Client, code: str, status: int
) -> None:
    answer = http.post("/rest/v1/rpc/refuse", json={"code": code})
    assert answer.status_code == status
    assert answer.json() == {
        "code": code,
        "message": "refused",
        "details": "on purpose",
        "hint": "do not call",
    }


def test_a_get_cannot_write_and_other_methods_cannot_call(http: httpx.Client) -> None:
    assert http.get("/rest/v1/rpc/add?a=1").json() == 2
    refused = http.get("/rest/v1/rpc/make_tag?id=5005")
    assert (refused.status_code, refused.json()["code"]) == (405, "25006")
    assert http.get("/rest/v1/tags?id=eq.5005").json() == []
    assert http.patch("/rest/v1/rpc/add", json={}).json()["code"] == "PGRST101"


def test_a_statement_that_takes_too_long_is_cancelled(alice: Person, anonymous: Any) -> None:
    with pytest.raises(APIError) as caught:
        anonymous.rpc("sleep", {"seconds": 20}).execute()
    assert caught.value.code == "57014"
