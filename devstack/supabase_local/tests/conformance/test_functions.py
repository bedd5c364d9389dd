"""What functions take and give: PostgREST's cases of RpcSpec, on a world of our own."""

import httpx
import pytest

from devstack.supabase_local.tests.conformance.cases import OBJECT, Case, problem

ALPHA = {"id": 1, "title": "Alpha"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
RETURNS = [
    Case("GET /rpc/table_of_one", [{"word": "A"}]),
    Case("GET /rpc/table_of_two", [{"word": "A", "number": 1}]),
    Case("GET /rpc/table_of_one?select=w:word&word=eq.A", [{"w": "A"}]),
    Case("GET /rpc/one_out?n=5", {"plus": 6}),
    Case("GET /rpc/json_out", {"doc": {"a": 1}}),
    Case("GET /rpc/one_inout?n=2", {"n": 3}),
    Case("POST /rpc/one_inout", {"n": 3}, json={"n": 2}),
    Case("GET /rpc/many_out", {"a": 1, "b": "two"}),
    Case("GET /rpc/a_point", {"x": 1, "y": 2}),
    Case("GET /rpc/a_point?select=y", {"y": 2}),
    Case("GET /rpc/a_point_alias", {"x": 1, "y": 2}),
    Case("GET /rpc/film_aliases?select=id,title&limit=1", [ALPHA]),
    Case("GET /rpc/film_aliases?select=id,studios(name)&limit=1", status=200),
    Case("GET /rpc/a_record", {"f1": 1, "f2": "Alpha"}),
    Case("GET /rpc/no_value", None),
    Case("GET /rpc/level_of?n=8", 8),
    Case("GET /rpc/three", [1, 2, 3]),
    Case("POST /rpc/drop_quietly", "", 204, sent={"Content-Type": None}),
    Case("GET /rpc/film_of?number=1&select=id,title", ALPHA),
    Case("GET /rpc/film_of?number=1&select=id,maker(name)", {"id": 1, "maker": {"name": "North"}}),
    Case("GET /rpc/films_between?low=0&high=1&select=id,title", [ALPHA]),
    Case("GET /rpc/films_between?low=2&high=2", []),
    Case("GET /rpc/films_between?low=0&high=9&select=id&id=gt.2", [{"id": 3}, {"id": 4}]),
    Case("GET /rpc/films_between?low=0&high=9&select=id.max()", [{"max": 4}]),
]
ARGUMENTS = [
    Case(
        "GET /rpc/chars?c=abcdefg&cs={abc,abcdefg}&b=101010",
        [{"c": "abcdefg", "cs": ["abc", "abcdefg"], "b": "101010"}],
    ),
    Case(
        "POST /rpc/chars",
        [{"c": "abcdefg", "cs": ["abc", "abcdefg"], "b": "101010"}],
        json={"c": "abcdefg", "cs": ["abc", "abcdefg"], "b": "101010"},
    ),
    Case(
        "POST /rpc/store_code",
        problem("22001", "value too long for type character(5)"),
        400,
        json={"code": "abcdefg"},
    ),
    Case("GET /rpc/joined", []),
    Case("GET /rpc/joined?words=a&words=b", ["a", "b"]),
    Case("POST /rpc/joined", ["a", "b"], json={"words": ["a", "b"]}),
    Case("POST /rpc/joined", ["a", "b"], content=b"words=a&words=b", headers=FORM),
    Case("GET /rpc/greet?name=ignored&name=world", "Hello, world"),
    Case("POST /rpc/greet", "Hello, world", content=b"name=world", headers=FORM),
    Case("POST /rpc/greet?columns=name", "Hello, x", json={"name": "x", "more": 1}),
    Case("POST /rpc/overloaded", 3, json=[{"a": 1, "b": 2}, {"a": 4, "b": 6}]),
    Case("POST /rpc/overloaded", 0, content=b""),
    Case("GET /rpc/overloaded?a=1&b=2&c=3", "123"),
    Case("POST /rpc/overloaded", "123", content=b"a=1&b=2&c=3", headers=FORM),
    Case("POST /rpc/overloaded", 3, content=b"a,b\n1,2", headers={"Content-Type": "text/csv"}),
    Case("POST /rpc/whole", {"a": [1]}, json={"a": [1]}),
    Case("POST /rpc/whole_text", "SOME", content=b"some", headers={"Content-Type": "text/plain"}),
    Case(
        "POST /rpc/whole_bytes",
        4,
        content=b"\x00\xff\x01'",
        headers={"Content-Type": "application/octet-stream"},
    ),
    Case("GET /rpc/elsewhere", '"public", "extensions"'),
]
UNKNOWN = [
    Case("GET /rpc/absent", status=404),
    Case(
        "GET /rpc/gree",
        problem(
            "PGRST202",
            "Could not find the function public.gree without parameters in the schema cache",
            "Searched for the function public.gree without parameters, but no matches were found "
            "in the schema cache.",
            "Perhaps you meant to call the function public.greet",
        ),
        404,
    ),
    Case("DELETE /rpc/greet", problem("PGRST101", "Cannot use the DELETE method on RPC"), 405),
    Case("POST /rpc/unnamed_int", status=404, json={"x": 1}),
    Case("POST /rpc/greet?name=John", status=400, json={"name": "John"}),
    Case(
        "GET /rpc/overloaded?a=1&b=2&x=3",
        problem(
            "PGRST202",
            "Could not find the function public.overloaded(a, b, x) in the schema cache",
            "Searched for the function public.overloaded with parameters a, b, x, but no matches "
            "were found in the schema cache.",
            "Perhaps you meant to call the function public.overloaded(a, b, c)",
        ),
        404,
    ),
    Case(
        "POST /rpc/unnamed_int",
        problem(
            "PGRST202",
            "Could not find the function public.unnamed_int in the schema cache",
            "Searched for the function public.unnamed_int with a single unnamed text parameter, "
            "but no matches were found in the schema cache.",
        ),
        404,
        content=b"a",
        headers={"Content-Type": "text/plain"},
    ),
    Case("GET /rpc/ambiguous?a=1", status=300),
    Case("GET /rpc/drop_films", status=405),
    Case("GET /rpc/patient", "1min"),
    Case(
        "GET /rpc/hasty",
        problem("57014", "canceling statement due to statement timeout"),
        500,
    ),
    Case("GET /rpc/three?select=id", status=400),
    Case("GET /rpc/three?id=gt.1", status=400),
    Case("HEAD /rpc/three", "", prefer="count=exact", sent={"Content-Range": "0-2/3"}),
]
PAGES = [
    Case("GET /rpc/greet?name=x", prefer="count=exact", sent={"Content-Range": "0-0/1"}),
    Case("GET /rpc/a_point", prefer="count=exact", sent={"Content-Range": "0-0/1"}),
    Case("GET /rpc/three?limit=1&offset=1", [2], sent={"Content-Range": "1-1/*"}),
    Case("GET /rpc/three?limit=1", [1], 206, prefer="count=exact", sent={"Content-Range": "0-0/3"}),
    Case("GET /rpc/films_between?low=2&high=2", [], sent={"Content-Range": "*/*"}),
    Case(
        "GET /rpc/films_between?low=0&high=4&select=id",
        [{"id": 2}],
        206,
        prefer="count=exact",
        headers={"Range": "1-1"},
        sent={"Content-Range": "1-1/4"},
    ),
    Case(
        "POST /rpc/films_between?select=id",
        [{"id": 1}, {"id": 2}],
        json={"low": 0, "high": 2},
        prefer="count=exact",
        headers={"Range": "1-1"},
        sent={"Content-Range": "0-1/2"},
    ),
    Case(
        "GET /rpc/films_between?low=2&high=2&offset=1",
        problem(
            "PGRST103",
            "Requested range not satisfiable",
            "An offset of 1 was requested, but there are only 0 rows.",
        ),
        416,
        prefer="count=exact",
        sent={"Content-Range": "*/0"},
    ),
    Case(
        "GET /rpc/films_between?low=0&high=2&select=id",
        "id\n1\n2",
        headers={"Accept": "text/csv"},
        sent={"Content-Type": "text/csv; charset=utf-8"},
    ),
]
PREFERENCES = [
    Case("POST /rpc/greet", "Hello, x", json={"name": "x"}, headers=OBJECT),
    Case("GET /rpc/films_between?low=0&high=1&select=id,title", ALPHA, headers=OBJECT),
    Case("GET /rpc/films_between?low=0&high=2", status=406, headers=OBJECT),
    Case("GET /rpc/films_between?low=9&high=9", status=406, headers=OBJECT),
    Case(
        "POST /rpc/drop_films",
        problem(
            "PGRST124",
            "Query result exceeds max-affected preference constraint",
            "The query affects 3 rows",
        ),
        400,
        json={},
        prefer="handling=strict, max-affected=2",
    ),
    Case("POST /rpc/drop_films", json={}, prefer="handling=strict, max-affected=3"),
    Case(
        "POST /rpc/drop_quietly",
        problem(
            "PGRST128",
            "Function must return SETOF or TABLE when max-affected preference is used with "
            "handling=strict",
        ),
        400,
        json={},
        prefer="handling=strict, max-affected=20",
    ),
    Case(
        "GET /rpc/now_shown",
        "2026-06-01T05:00:00-07:00",
        prefer="timezone=America/Los_Angeles",
        sent={"Preference-Applied": "tx=rollback, timezone=America/Los_Angeles"},
    ),
    *(
        Case(
            "GET /rpc/now_shown",
            problem("22023", 'invalid value for parameter "TimeZone": "Not/There"'),
            400,
            prefer=f"{handling}timezone=Not/There",
        )
        for handling in ("", "handling=strict, ", "handling=lenient, ")
    ),
    Case(
        "GET /rpc/now_shown",
        "2026-06-01T06:30:00-05:30",
        prefer="timezone=+05:30",
        sent={"Preference-Applied": "tx=rollback, timezone=+05:30"},
    ),
]
ALL = [*RETURNS, *ARGUMENTS, *UNKNOWN, *PAGES, *PREFERENCES]


@pytest.mark.parametrize("case", ALL, ids=str)
def test_a_function_answers_as_postgrest_says(films: httpx.Client, case: Case) -> None:
    case.check(films)
