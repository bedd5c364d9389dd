"""Inserting, upserting, updating and deleting with supabase-py, and what the preferences do."""

from typing import Any
from uuid import uuid4

import httpx
import pytest
from postgrest.exceptions import APIError

from devstack.supabase_local.tests.support.project import HTTP, Person

Row = dict[str, Any]


def test_an_insert_returns_the_row_with_its_defaults(alice: Person) -> None:
    row = alice.client.table("shops").insert({"user_id": alice.id, "name": "new"}).execute().data[0]
    assert row["details"] == {}
    assert row["id"] > 0
    assert row["created_at"].endswith("+00:00")


def test_an_insert_can_return_chosen_columns_and_embedded_rows(alice: Person, shop: Row) -> None:
    order = {"shop_id": shop["id"], "product_id": shop["products"][1]["id"]}
    query = alice.client.table("orders").insert(order).select("status,products(name),shops(name)")
    assert query.execute().data == [
        {"status": "open", "products": {"name": "bread"}, "shops": {"name": shop["name"]}}
    ]


def test_a_minimal_insert_returns_nothing_and_needs_no_right_to_read(
    http: httpx.Client, alice: Person, shop: Row
) -> None:
    answer = http.post("/rest/v1/tags", json={"id": uuid4().int % 2**31, "label": "x"})
    assert (answer.status_code, answer.content) == (201, b"")


def test_headers_only_tell_where_the_new_row_is(http: httpx.Client) -> None:
    number = uuid4().int % 2**31
    answer = http.post(
        "/rest/v1/tags",
        json={"id": number, "label": "x"},
        headers={"Prefer": "return=headers-only"},
    )
    assert answer.headers["location"] == f"/tags?id=eq.{number}"
    assert answer.headers["preference-applied"] == "return=headers-only"
    assert http.get(f"/rest/v1{answer.headers['location']}").json()[0]["label"] == "x"


def test_a_bulk_insert_fills_missing_fields_with_null_or_with_the_default(
    alice: Person, shop: Row
) -> None:
    rows = [{"shop_id": shop["id"], "note": "mine"}, {"shop_id": shop["id"], "quantity": 5}]
    with pytest.raises(APIError) as caught:
        alice.client.table("orders").insert(rows).execute()
    assert caught.value.code == "23502"
    made = alice.client.table("orders").insert(rows, default_to_null=False).execute().data
    assert [(row["note"], row["quantity"]) for row in made] == [("mine", 1), ("none", 5)]
    assert made[0]["id"] != made[1]["id"]


def test_objects_with_different_keys_need_the_columns_parameter(
    http: httpx.Client,
) -> None:
    answer = http.post("/rest/v1/tags", json=[{"id": 1, "label": "x"}, {"id": 2}])
    assert (answer.status_code, answer.json()["code"]) == (400, "PGRST102")


def test_columns_choose_what_of_the_body_counts(alice: Person) -> None:
    reply = HTTP.post(
        f"{alice.client.supabase_url}rest/v1/shops?columns=user_id,name&select=name,details",
        json={"user_id": alice.id, "name": "chosen", "details": {"left": "out"}},
        headers={
            "apikey": alice.client.supabase_key,
            "Authorization": f"Bearer {alice.token}",
            "Prefer": "return=representation",
        },
    )
    assert reply.json() == [{"name": "chosen", "details": {}}]


def test_empty_inserts_are_legal(http: httpx.Client, service: Any) -> None:
    answer = http.post("/rest/v1/tags", json=[], headers={"Prefer": "return=representation"})
    assert (answer.status_code, answer.json()) == (201, [])
    # All columns have defaults but the label: so an empty object is a row, which the table refuses.
    assert http.post("/rest/v1/tags", json={}).json()["code"] == "23502"


def test_an_upsert_merges_on_the_primary_key_or_the_named_columns(alice: Person, shop: Row) -> None:
    table = alice.client.table("shops")
    merged = table.upsert({"id": shop["id"], "user_id": alice.id, "name": "renamed"}).execute()
    assert merged.data[0]["details"] == shop["details"]
    same = {"user_id": alice.id, "name": "renamed", "details": {"new": True}}
    by_name = table.upsert(same, on_conflict="user_id,name").execute().data
    assert [(row["id"], row["details"]) for row in by_name] == [(shop["id"], {"new": True})]


def test_an_upsert_may_leave_duplicates_alone(alice: Person, shop: Row) -> None:
    rows = [
        {"user_id": alice.id, "name": shop["name"], "details": {"lost": True}},
        {"user_id": alice.id, "name": "fresh", "details": {}},
    ]
    reply = alice.client.table("shops").upsert(
        rows, on_conflict="user_id,name", ignore_duplicates=True
    )
    assert [row["name"] for row in reply.execute().data] == ["fresh"]


def test_an_update_changes_the_filtered_rows_only(alice: Person, shop: Row) -> None:
    products = alice.client.table("products")
    reply = products.update({"price": 99, "labels": ["dear"]}, count="exact").eq("name", "bread")
    changed = reply.eq("shop_id", shop["id"]).execute()
    assert (changed.count, changed.data[0]["labels"]) == (1, ["dear"])
    rest = products.select("price").eq("shop_id", shop["id"]).neq("name", "bread").order("price")
    assert [row["price"] for row in rest.execute().data] == [2.0, 12.0]


def test_an_update_of_nothing_and_one_that_finds_nothing_return_no_rows(alice: Person) -> None:
    shops = alice.client.table("shops")
    assert shops.update({}).eq("id", 1).execute().data == []
    assert shops.update({"name": "x"}).eq("id", -1).execute().data == []


def test_json_arrays_enums_and_nulls_are_written_as_they_are(alice: Person, shop: Row) -> None:
    products, orders = alice.client.table("products"), alice.client.table("orders")
    odd = {
        "shop_id": shop["id"],
        "name": "quote ' \" \\ ; -- 雪 {}",
        "labels": ["a,b", '"', "null", ""],
        "validity": "[2026-01-01,2026-02-01)",
        "on_sale": None,
    }
    made = products.insert(odd).execute().data[0]
    assert {key: made[key] for key in odd} == odd
    paid = orders.update({"status": "paid", "note": None}).eq("id", shop["orders"][0]["id"])
    assert [(row["status"], row["note"]) for row in paid.execute().data] == [("paid", None)]
    shops = alice.client.table("shops")
    document = {"deep": [1, 2.5, None, {"x": "y"}], "big": 12345678901234567890}
    stored = shops.update({"details": document}).eq("id", shop["id"]).execute().data[0]
    assert stored["details"] == document


def test_a_delete_returns_what_it_removed(alice: Person, shop: Row) -> None:
    reply = alice.client.table("products").delete(count="exact").eq("shop_id", shop["id"])
    removed = reply.in_("name", ["bread", "apples"]).execute()
    assert {row["name"] for row in removed.data} == {"bread", "apples"}
    assert removed.count == 2


@pytest.mark.parametrize("verb", ["PATCH", "DELETE"])
def test_changing_every_row_for_want_of_a_filter_is_refused(
    http: httpx.Client, verb: str, service: Any
) -> None:
    service.table("tags").upsert({"id": 77, "label": "still here"}).execute()
    answer = http.request(verb, "/rest/v1/tags", json={"label": "gone"})
    assert (answer.status_code, answer.json()["code"]) == (400, "21000")
    limited = http.request(verb, "/rest/v1/tags?id=gt.0&limit=1", json={"label": "gone"})
    assert (limited.status_code, limited.json()["code"]) == (501, "not_implemented")
    kept = service.table("tags").select("label").eq("id", 77).single().execute().data
    assert kept == {"label": "still here"}


def test_a_rolled_back_request_answers_as_if_and_changes_nothing(
    http: httpx.Client, service: Any
) -> None:
    number = uuid4().int % 2**31
    answer = http.post(
        "/rest/v1/tags",
        json={"id": number, "label": "ghost"},
        headers={"Prefer": "return=representation, tx=rollback"},
    )
    assert answer.json() == [{"id": number, "label": "ghost"}]
    assert "tx=rollback" in answer.headers["preference-applied"]
    assert service.table("tags").select("*").eq("id", number).execute().data == []


def test_too_many_affected_rows_undo_the_change(alice: Person, shop: Row) -> None:
    products = alice.client.table("products")
    change = products.update({"price": 1}).eq("shop_id", shop["id"])
    with pytest.raises(APIError) as caught:
        change.max_affected(2).execute()
    assert (caught.value.code, caught.value.details) == ("PGRST124", "The query affects 3 rows")
    prices = products.select("price").eq("shop_id", shop["id"]).order("price").execute().data
    assert [row["price"] for row in prices] == [2.0, 3.5, 12.0]
    allowed = products.update({"price": 1}).eq("shop_id", shop["id"]).max_affected(3).execute()
    assert len(allowed.data) == 3


def test_single_on_a_change_of_several_rows_undoes_it(http: httpx.Client, shop: Row) -> None:
    where = f"/rest/v1/products?shop_id=eq.{shop['id']}"
    answer = http.patch(
        where,
        json={"price": 0},
        headers={
            "Accept": "application/vnd.pgrst.object+json",
            "Prefer": "return=representation",
        },
    )
    assert (answer.status_code, answer.json()["code"]) == (406, "PGRST116")
    assert all(row["price"] > 0 for row in http.get(where).json())


def test_unknown_preferences_are_refused_only_when_handled_strictly(http: httpx.Client) -> None:
    assert http.get("/rest/v1/tags", headers={"Prefer": "anything=goes"}).is_success
    strict = http.get("/rest/v1/tags", headers={"Prefer": "handling=strict, anything=goes"})
    assert (strict.status_code, strict.json()["code"]) == (400, "PGRST122")


@pytest.mark.parametrize(
    ("row", "status", "code"),
    [
        ({"id": 1, "nope": 1}, 400, "PGRST204"),
        ({"id": "many", "label": "x"}, 400, "22P02"),
        ({"id": 1}, 400, "23502"),
        ([1], 400, "PGRST102"),
    ],
)
def test_a_body_that_does_not_fit_is_refused_with_its_reason(
    http: httpx.Client, row: Any, status: int, code: str
) -> None:
    answer = http.post("/rest/v1/tags", json=row)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.parametrize(
    "body",
    [b"{", b"\xff", b"NaN", b'{"id": NaN}', b"[" * 100_000, b'{"\\u0000": 1}', b'{"\\ud800": 1}'],
)
def test_a_body_that_is_no_json_is_a_bad_request(http: httpx.Client, body: bytes) -> None:
    answer = http.post("/rest/v1/tags", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400


@pytest.mark.parametrize("body", [b'"text"', b"5", b"null", b"true"])
def test_a_lone_value_counts_as_no_rows(http: httpx.Client, body: bytes) -> None:
    """As PostgREST has it; where columns are named, PostgreSQL would refuse it."""
    kept = {"Content-Type": "application/json", "Prefer": "return=representation"}
    answer = http.post("/rest/v1/tags", content=body, headers=kept)
    assert (answer.status_code, answer.json()) == (201, [])
    assert http.post("/rest/v1/tags?columns=id", content=body, headers=kept).status_code == 400
    whole = http.post("/rest/v1/rpc/whole_body", content=body, headers=kept)
    assert (whole.status_code, whole.json()) == (200, None)


def test_a_number_of_any_length_is_postgresqls_to_judge(http: httpx.Client) -> None:
    digits, headers = "1" + "0" * 5000, {"Content-Type": "application/json"}
    echoed = http.post(
        "/rest/v1/rpc/echo", content=f'{{"document": {{"n": {digits}}}}}', headers=headers
    )
    assert (echoed.status_code, echoed.text) == (200, f'{{"n": {digits}}}')
    answer = http.post("/rest/v1/tags", content=f'{{"id": {digits}}}', headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "22003")


def test_conflicts_checks_and_foreign_keys_have_their_codes(
    service: Any, alice: Person, shop: Row
) -> None:
    same = {"user_id": alice.id, "name": shop["name"]}
    orphan = {"shop_id": -1}
    nameless = {"shop_id": shop["id"], "name": ""}
    for table, row, code in (
        ("shops", same, "23505"),
        ("orders", orphan, "23503"),
        ("products", nameless, "23514"),
    ):
        with pytest.raises(APIError) as caught:
            service.table(table).insert(row).execute()
        assert caught.value.code == code


def test_the_description_of_the_schema_is_said_to_be_absent(http: httpx.Client) -> None:
    answer = http.get("/rest/v1/")
    assert (answer.status_code, answer.json()["code"]) == (501, "not_implemented")
