"""Reading rows with supabase-py: filters, order, pages, counts, forms of reply."""

from typing import Any

import httpx
import psycopg
import pytest
from postgrest.exceptions import APIError

from devstack.supabase_local.tests.support.project import HTTP, Person, eventually

Row = dict[str, Any]


@pytest.fixture(scope="module")
def numbers(database: psycopg.Connection, facts: Row) -> str:
    """A table of ten rows, one of them without a word; service role only."""
    database.execute(
        "create table public.numbers (id integer primary key, word text, even boolean,"
        " labels text[], span int4range, facts jsonb, born date);"
        " insert into public.numbers select n, case when n <> 10 then 'word ' || n end, n % 2 = 0,"
        " array['l' || n, 'all'], int4range(n, n + 3),"
        " jsonb_build_object('n', n, 'list', jsonb_build_array(n, n * 10),"
        "  'deep', jsonb_build_object('key', 'k' || n)),"
        " date '2026-01-01' + n from generate_series(1, 10) n;"
        " grant select, insert, update, delete on public.numbers to service_role"
    )
    _wait_for(facts, "numbers")
    return "numbers"


def _wait_for(facts: Row, table: str) -> None:
    def seen() -> bool:
        headers = {"apikey": facts["secret_key"]}
        return HTTP.get(f"{facts['url']}/rest/v1/{table}?limit=0", headers=headers).is_success

    eventually(seen, f"{table} is in the catalog")


@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        ("id=eq.3", [3]),
        ("id=neq.3&id=lte.4", [1, 2, 4]),
        ("id=gt.8", [9, 10]),
        ("id=gte.8&id=lt.10", [8, 9]),
        ("id=not.in.(1,2,3,4,5,6,7,8)", [9, 10]),
        ("id=in.()", []),
        ("word=in.(%22word 1%22,word 2)", [1, 2]),
        ("word=like.*1", [1]),
        ("word=ilike.WORD*2", [2]),
        ("word=like(any).{*1,*2}", [1, 2]),
        ("word=ilike(all).{WORD*,*3}", [3]),
        ("word=match.^word [12]$", [1, 2]),
        ("word=imatch.^WORD 1$", [1]),
        ("word=is.null", [10]),
        ("word=not.is.null&id=gte.9", [9]),
        ("word=is.not_null&id=gte.9", [9]),
        ("even=is.true&id=lt.5", [2, 4]),
        ("even=is.false&id=lt.4", [1, 3]),
        ("even=is.unknown", []),
        ("word=isdistinct.word 1&id=in.(1,10)", [10]),
        ("id=eq(any).{1,2}", [1, 2]),
        ("id=gt(all).{7,8}", [9, 10]),
        ("labels=cs.{l4}", [4]),
        ('labels=cs.{"l4","all"}', [4]),
        ("labels=cd.{l1,l2,all}", [1, 2]),
        ("labels=ov.{l1,l9}", [1, 9]),
        ("span=cs.[5,6)&id=lt.5", [3, 4]),
        ("span=ov.[1,3)", [1, 2]),
        ("span=sl.[5,7)", [1, 2]),
        ("span=sr.[5,7)", [7, 8, 9, 10]),
        ("span=nxr.[5,7)", [1, 2, 3, 4]),
        ("span=nxl.[8,9)", [8, 9, 10]),
        ("span=adj.[4,6)", [1, 6]),
        ('facts=cs.{"n":4}', [4]),
        ("facts->>n=eq.4", [4]),
        ("facts->n=eq.4", [4]),
        ("facts->list->>1=eq.50", [5]),
        ("facts->list->-1=eq.50", [5]),
        ("facts->deep->>key=in.(k1,k2)", [1, 2]),
        ("born=eq.2026-01-03", [2]),
        ("or=(id.eq.1,id.eq.2)", [1, 2]),
        ("or=(id.eq.1,and(id.gt.8,even.is.true))", [1, 10]),
        ("and=(id.gt.2,or(id.lt.4,id.gte.10))", [3, 10]),
        ("not.or=(id.lt.9,id.eq.10)", [9]),
        ("not.and=(id.gt.1,id.lt.10)", [1, 10]),
        ("or=(not.and(id.gt.1,id.lt.10),word.eq.%22word 5%22)", [1, 5, 10]),
        ("or=(labels.cs.{l1,all},word.in.(word 2,%22word 3%22))", [1, 2, 3]),
        ("or=(word.not.is.null,id.lt.0)&id=gt.8", [9]),
        ("or=(facts->>n.eq.4,facts->deep->>key.eq.k5)", [4, 5]),
        ("word=fts.5", [5]),
        ("word=plfts(english).word 6", [6]),
        ("word=phfts(simple).word 7", [7]),
        ("word=wfts(english).word -6&id=gt.4&id=lt.7", [5]),
    ],
)
def test_a_filter_leaves_the_rows_it_names(
    http: httpx.Client, numbers: str, filters: str, ids: list[int]
) -> None:
    answer = http.get(f"/rest/v1/{numbers}?select=id&order=id&{filters}")
    assert answer.status_code == 200, answer.text
    assert [row["id"] for row in answer.json()] == ids


@pytest.mark.parametrize(
    ("order", "first"),
    [
        ("id.desc", 10),
        ("word.desc", 10),
        ("word.desc.nullslast", 9),
        ("word.asc.nullsfirst", 10),
        ("word.nullsfirst", 10),
        ("even.desc,id.asc", 2),
        ("facts->n.desc", 10),
        ("facts->deep->>key.asc", 1),
    ],
)
def test_rows_come_in_the_order_asked_for(
    http: httpx.Client, numbers: str, order: str, first: int
) -> None:
    rows = http.get(f"/rest/v1/{numbers}?select=id&order={order}").json()
    assert rows[0]["id"] == first


@pytest.mark.parametrize(
    ("select", "expected"),
    [
        ("id,word", {"id": 4, "word": "word 4"}),
        ("number:id,text:word", {"number": 4, "text": "word 4"}),
        ("id::text", {"id": "4"}),
        ("x:id::text", {"x": "4"}),
        ("id::double precision", {"id": 4}),
        ("facts->n", {"n": 4}),
        ("facts->>n", {"n": "4"}),
        ("facts->list->0", {"list": 4}),
        ("facts->list->>1", {"list": "40"}),
        ("k:facts->deep->>key", {"k": "k4"}),
        ("born->>x", {"x": None}),
        ('"id", word', {"id": 4, "word": "word 4"}),
    ],
)
def test_columns_can_be_renamed_cast_and_opened(
    http: httpx.Client, numbers: str, select: str, expected: Row
) -> None:
    answer = http.get(f"/rest/v1/{numbers}", params={"select": select, "id": "eq.4"})
    assert answer.json() == [expected]


def test_pages_by_limit_offset_and_range(service: Any, http: httpx.Client, numbers: str) -> None:
    page = service.table(numbers).select("id").order("id").range(2, 4).execute()
    assert [row["id"] for row in page.data] == [3, 4, 5]
    by_header = http.get(
        f"/rest/v1/{numbers}?select=id&order=id", headers={"Range-Unit": "items", "Range": "2-4"}
    )
    assert by_header.json() == page.data
    assert by_header.headers["content-range"] == "2-4/*"
    assert by_header.status_code == 200


@pytest.mark.parametrize("method", ["exact", "planned", "estimated"])
def test_a_count_comes_with_the_page(service: Any, numbers: str, method: Any) -> None:
    service_reply = service.table(numbers).select("id", count=method).limit(2).execute()
    assert len(service_reply.data) == 2
    assert service_reply.count is not None
    assert service_reply.count > 2
    if method == "exact":
        assert service_reply.count == 10


def test_a_count_alone_needs_no_rows(service: Any, numbers: str) -> None:
    reply = service.table(numbers).select("*", count="exact", head=True).lt("id", 4).execute()
    assert reply.count == 3
    assert reply.data == []


def test_a_partial_page_is_206_and_a_page_beyond_the_end_416(
    http: httpx.Client, numbers: str
) -> None:
    counted = {"Prefer": "count=exact"}
    partial = http.get(f"/rest/v1/{numbers}?limit=2", headers=counted)
    assert (partial.status_code, partial.headers["content-range"]) == (206, "0-1/10")
    beyond = http.get(f"/rest/v1/{numbers}?offset=20", headers=counted)
    assert beyond.status_code == 416
    assert beyond.json()["code"] == "PGRST103"
    empty = http.get(f"/rest/v1/{numbers}?id=eq.99", headers=counted)
    assert (empty.status_code, empty.headers["content-range"]) == (200, "*/0")


def test_single_gives_the_object_and_refuses_none_or_many(service: Any, numbers: str) -> None:
    table = service.table(numbers)
    assert table.select("id").eq("id", 7).single().execute().data == {"id": 7}
    for condition, rows in (("99", 0), ("7", 4)):
        query = table.select("id").eq("id", 99) if rows == 0 else table.select("id").lt("id", 5)
        with pytest.raises(APIError) as caught:
            query.single().execute()
        assert caught.value.code == "PGRST116", condition
        assert caught.value.details == f"The result contains {rows} rows"
    assert table.select("id").eq("id", 99).maybe_single().execute() is None


def test_csv_and_stripped_nulls_are_forms_of_the_same_rows(service: Any, numbers: str) -> None:
    csv = service.table(numbers).select("id,word,labels").gte("id", 9).order("id").csv().execute()
    assert csv.data == 'id,word,labels\n9,"word 9","{l9,all}"\n10,,"{l10,all}"'
    stripped = service.table(numbers).select("id,word").gte("id", 9).order("id").strip_nulls()
    assert stripped.execute().data == [{"id": 9, "word": "word 9"}, {"id": 10}]


def test_a_head_request_tells_the_headers_without_the_rows(
    http: httpx.Client, numbers: str
) -> None:
    answer = http.head(f"/rest/v1/{numbers}", headers={"Prefer": "count=exact"})
    assert answer.headers["content-range"] == "0-9/10"
    assert answer.content == b""


def test_no_more_than_a_thousand_rows_come_at_once(
    service: Any, database: psycopg.Connection, facts: Row
) -> None:
    database.execute(
        "create table public.many as select n from generate_series(1, 1500) n;"
        " grant select on public.many to service_role"
    )
    _wait_for(facts, "many")
    reply = service.table("many").select("n", count="exact").execute()
    assert (len(reply.data), reply.count) == (1000, 1500)


def test_aggregates_are_off_until_the_database_allows_them(
    http: httpx.Client, numbers: str, database: psycopg.Connection
) -> None:
    path = f"/rest/v1/{numbers}?select=even,count(),id.sum(),top:id.max()::text&order=even"
    assert http.get(path).json() == {
        "code": "PGRST123",
        "message": "Use of aggregate functions is not allowed",
        "details": None,
        "hint": None,
    }
    database.execute("alter role authenticator set pgrst.db_aggregates_enabled = 'true'")
    try:
        database.execute("notify pgrst, 'reload config'")
        eventually(lambda: http.get(path).is_success, "aggregates are allowed")
        assert http.get(path).json() == [
            {"even": False, "count": 5, "sum": 25, "top": "9"},
            {"even": True, "count": 5, "sum": 30, "top": "10"},
        ]
        assert http.get(f"/rest/v1/{numbers}?select=count()").json() == [{"count": 10}]
    finally:
        database.execute("alter role authenticator reset pgrst.db_aggregates_enabled")
        database.execute("notify pgrst, 'reload config'")


def test_computed_columns_can_be_selected_filtered_and_ordered(alice: Person, shop: Row) -> None:
    shouted = shop["name"].upper()
    query = alice.client.table("shops").select("id,shout").eq("shout", shouted).order("shout")
    assert query.execute().data == [{"id": shop["id"], "shout": shouted}]


def test_a_table_made_later_is_seen_without_a_restart(
    service: Any, database: psycopg.Connection, facts: Row
) -> None:
    with pytest.raises(APIError) as caught:
        service.table("made_later").select("*").execute()
    assert caught.value.code == "PGRST205"
    database.execute(
        "create table public.made_later (id integer);"
        " grant select on public.made_later to service_role"
    )
    _wait_for(facts, "made_later")
    assert service.table("made_later").select("*").execute().data == []


def test_only_exposed_schemas_can_be_chosen(
    http: httpx.Client, database: psycopg.Connection
) -> None:
    chosen = {"Accept-Profile": "side"}
    refused = http.get("/rest/v1/things", headers=chosen)
    assert (refused.status_code, refused.json()["code"]) == (406, "PGRST106")
    database.execute(
        "create schema side; grant usage on schema side to service_role;"
        " create table side.things (id integer); insert into side.things values (7);"
        " grant select on side.things to service_role;"
        " alter role authenticator set pgrst.db_schemas = 'public, side'"
    )
    try:
        database.execute("notify pgrst, 'reload config'")
        eventually(lambda: http.get("/rest/v1/things", headers=chosen).is_success, "side is seen")
        answer = http.get("/rest/v1/things", headers=chosen)
        assert answer.json() == [{"id": 7}]
        assert answer.headers["content-profile"] == "side"
    finally:
        database.execute("alter role authenticator reset pgrst.db_schemas")
        database.execute("notify pgrst, 'reload config'")


def test_browsers_may_call_and_read_the_range(facts: Row) -> None:
    answer = HTTP.options(
        f"{facts['url']}/rest/v1/numbers",
        headers={
            "Origin": "http://localhost:3000",
            "Access-Control-Request-Method": "PATCH",
            "Access-Control-Request-Headers": "apikey,authorization,prefer,x-client-info",
        },
    )
    assert answer.status_code == 200
    assert "PATCH" in answer.headers["access-control-allow-methods"]
    reply = HTTP.get(
        f"{facts['url']}/rest/v1/tags",
        headers={"Origin": "http://localhost:3000", "apikey": facts["publishable_key"]},
    )
    assert reply.headers["access-control-allow-origin"] == "*"
    assert "Content-Range" in reply.headers["access-control-expose-headers"]
