"""Inserting, updating, deleting: cases of InsertSpec, UpdateSpec, DeleteSpec, SingularSpec."""

from typing import Any

import httpx
import pytest

from devstack.supabase_local.tests.conformance.cases import OBJECT, REPRESENTATION, Case, problem

CSV = {"Content-Type": "text/csv"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
DEFAULTS = f"missing=default, {REPRESENTATION}"
NOT_ONE = problem(
    "PGRST116", "Cannot coerce the result to a single JSON object", "The result contains 2 rows"
)
INSERTS = [
    Case(
        "POST /studios",
        "",
        201,
        json={"id": 9, "name": "x"},
        sent={"Content-Type": None, "Location": None, "Content-Range": "*/*"},
    ),
    Case(
        "POST /studios?select=name",
        [{"name": "x"}],
        201,
        json={"id": 9, "name": "x"},
        prefer=f"{REPRESENTATION}, count=exact",
        sent={
            "Content-Range": "*/1",
            "Preference-Applied": "return=representation, count=exact, tx=rollback",
        },
    ),
    Case(
        "POST /pairs",
        "",
        201,
        json={"a": 5, "b": 6},
        prefer="return=headers-only",
        sent={"Location": "/pairs?a=eq.5&b=eq.6", "Content-Type": None},
    ),
    Case(
        "POST /film_titles",
        "",
        201,
        json={"film": 9, "title": "x"},
        prefer="return=headers-only",
        sent={"Location": "/film_titles?film=eq.9"},
    ),
    Case(
        "POST /ranks",
        problem(
            "23505",
            'duplicate key value violates unique constraint "ranks_rank_key"',
            "Key (rank)=(1) already exists.",
        ),
        409,
        json=[{"rank": 1}, {"rank": 1}],
    ),
    Case("POST /keyless", [], 201, json=[], prefer=REPRESENTATION),
    Case(
        "POST /keyless",
        problem("PGRST102", "Content-Type not acceptable: application/vnd.pgrst.object+json"),
        400,
        content=b"{}",
        headers={"Content-Type": "application/vnd.pgrst.object+json"},
    ),
    Case("POST /keyless", status=406, json={"a": "x"}, headers={"Accept": "audio/mpeg3"}),
    Case("POST /places", "", 201, json=[{}, {}]),
    Case("POST /places?select=name", [{"name": None}], 201, json={}, prefer=REPRESENTATION),
    Case("POST /studios", problem("PGRST102", "Empty or invalid json"), 400, content=b""),
    Case("POST /studios", problem("PGRST102", "Empty or invalid json"), 400, content=b"}{"),
    Case(
        "POST /studios",
        problem("PGRST102", "All object keys must match"),
        400,
        json=[{"id": 1}, {"id": 2, "name": "x"}],
    ),
    Case(
        "POST /keyless",
        "a,b\nbar,baz",
        201,
        content=b"a,b\nbar,baz",
        headers={**CSV, "Accept": "text/csv"},
        prefer=REPRESENTATION,
    ),
    Case(
        "POST /keyless",
        [{"a": None, "b": 'x, "y"'}],
        201,
        content=b'a,b\nNULL,"x, ""y"""\n',
        headers=CSV,
        prefer=REPRESENTATION,
    ),
    Case(
        "POST /keyless",
        problem("PGRST102", "All lines must have same number of fields"),
        400,
        content=b"a,b\nfoo,bar\nbaz",
        headers=CSV,
    ),
    Case(
        "POST /studios",
        [{"id": 9, "name": "forms are fun"}],
        201,
        content=b"id=9&name=forms+are+fun",
        headers=FORM,
        prefer=REPRESENTATION,
    ),
    Case("POST /studios", status=400, content=b"x", headers={"Content-Type": "text/plain"}),
]
DEFAULT_VALUES = [
    Case(
        "POST /paints?columns=id,name,level&select=id,name,level",
        [
            {"id": 5, "name": "plain", "level": 7},
            {"id": 6, "name": None, "level": 1},
        ],
        201,
        json=[{"id": 5}, {"id": 6, "name": None, "level": 1}],
        prefer=DEFAULTS,
        sent={"Preference-Applied": "missing=default, return=representation, tx=rollback"},
    ),
    Case(
        "POST /paints?columns=id,name&select=id,name",
        [{"id": 5, "name": None}],
        201,
        json={"id": 5, "bogus": 1},
        prefer=REPRESENTATION,
    ),
    Case(
        "PATCH /paints?id=eq.1&columns=name&select=name",
        [{"name": "plain"}],
        json={"other": 1},
        prefer=DEFAULTS,
    ),
    Case(
        "PATCH /paints?id=eq.1&columns=name&select=name",
        [{"name": None}],
        json={"other": 1},
        prefer=REPRESENTATION,
    ),
    Case(
        "POST /studios?columns=helicopter",
        problem(
            "PGRST204", "Could not find the 'helicopter' column of 'studios' in the schema cache"
        ),
        400,
        json=[{"id": 1}],
    ),
    Case("POST /absent?columns=helicopter", status=404, json=[{"id": 1}]),
    Case("POST /studios?columns=", status=400, json=[{"id": 9, "name": "x"}]),
]
NOTHING: list[Any] = [{}, [], [{}]]
CHANGES = [
    Case("PATCH /studios?id=eq.1", "", 204, json={"name": "x"}, sent={"Content-Range": "0-0/*"}),
    Case("PATCH /studios?id=eq.77", "", 204, json={"name": "x"}, sent={"Content-Range": "*/*"}),
    Case("PATCH /studios?id=eq.77", [], json={"name": "x"}, prefer=REPRESENTATION),
    *(Case("PATCH /studios", "", 204, json=json) for json in NOTHING),
    Case("PATCH /studios", [], json={}, prefer=REPRESENTATION),
    Case(
        "PATCH /studios",
        problem("21000", "UPDATE requires a WHERE clause"),
        400,
        json={"name": "x"},
    ),
    Case(
        "PATCH /studios?id=eq.1&select=name",
        [{"name": "first"}],
        json=[{"name": "first"}, {"name": "second"}],
        prefer=REPRESENTATION,
    ),
    Case(
        "PATCH /films?id=eq.1&select=shout,maker(name)",
        [{"shout": "X", "maker": {"name": "North"}}],
        json={"title": "x"},
        prefer=REPRESENTATION,
    ),
    Case(
        "DELETE /credits?film_id=eq.1",
        "",
        204,
        prefer="count=exact",
        sent={"Content-Range": "*/2", "Preference-Applied": "count=exact, tx=rollback"},
    ),
    Case(
        "DELETE /credits?film_id=eq.1",
        status=400,
        prefer="handling=strict, max-affected=1",
    ),
    Case(
        "DELETE /credits?film_id=eq.1",
        "",
        204,
        prefer="handling=lenient, max-affected=1",
        sent={"Preference-Applied": "tx=rollback, handling=lenient"},
    ),
]
PATHS = {
    "PATCH /pairs?a=gte.0": {"value": "zzz"},
    "DELETE /pairs?a=gte.0": None,
    "POST /pairs": [{"a": 8, "b": 1}, {"a": 9, "b": 1}],
}


@pytest.mark.parametrize("case", [*INSERTS, *DEFAULT_VALUES, *CHANGES], ids=str)
def test_a_change_answers_as_postgrest_says(films: httpx.Client, case: Case) -> None:
    case.check(films)


@pytest.mark.parametrize("request_line", PATHS)
@pytest.mark.parametrize("returning", ["minimal", "representation", "headers-only"])
def test_one_object_is_demanded_of_every_change_and_undoes_it(
    films: httpx.Client, request_line: str, returning: str
) -> None:
    films.post(
        "/pairs",
        json={"a": 2, "b": 2, "value": "two"},
        headers={"Prefer": "resolution=merge-duplicates"},
    )
    before = films.get("/pairs?order=a").json()
    method, path = request_line.split(" ")
    headers = {**OBJECT, "Prefer": f"return={returning}, tx=commit"}
    answer = films.request(method, path, json=PATHS[request_line], headers=headers)
    assert (answer.status_code, answer.json()) == (406, NOT_ONE)
    assert films.get("/pairs?order=a").json() == before
