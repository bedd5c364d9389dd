"""Inserting what may be there already: cases of UpsertSpec."""

import httpx
import pytest

from devstack.supabase_local.tests.conformance.cases import OBJECT, REPRESENTATION, Case, problem

MERGE = f"resolution=merge-duplicates, {REPRESENTATION}"
IGNORE = f"resolution=ignore-duplicates, {REPRESENTATION}"
ONE, TWO = {"id": 1, "name": "uno"}, {"id": 9, "name": "nine"}
NO_KEY = problem(
    "PGRST105", "Filters must include all and only primary key columns with 'eq' operators"
)
OTHER_KEY = problem("PGRST115", "Payload values do not match URL in primary key column(s)")
NO_PAGE = problem("PGRST114", "limit/offset querystring parameters are not allowed for PUT")
UPSERTS = [
    Case("POST /studios", [ONE, TWO], 201, json=[ONE, TWO], prefer=MERGE),
    Case(
        "POST /studios",
        [ONE],
        200,
        json=[ONE],
        prefer=MERGE,
        sent={
            "Preference-Applied": "resolution=merge-duplicates, return=representation, tx=rollback"
        },
    ),
    Case("POST /studios", "", 200, json=[ONE], prefer="resolution=merge-duplicates"),
    Case("POST /studios", [], 200, json=[], prefer=MERGE),
    Case("POST /studios", [TWO], 201, json=[ONE, TWO], prefer=IGNORE),
    Case("POST /studios", [], 201, json=[ONE], prefer=IGNORE),
    Case(
        "POST /places?on_conflict=code&select=extra,name",
        [{"extra": "kept", "name": "uno"}, {"extra": None, "name": "new"}],
        201,
        json=[{"code": "a", "name": "uno"}, {"code": "z", "name": "new"}],
        prefer=MERGE,
    ),
    Case(
        "POST /places?columns=id,name&select=name,extra",
        [{"name": "uno", "extra": "kept"}, {"name": "new", "extra": None}],
        201,
        json=[{"id": 1, "name": "uno"}, {"name": "new"}],
        prefer=f"{MERGE}, missing=default",
    ),
    Case(
        "POST /keyless",
        [{"a": "1", "b": "0"}],
        201,
        json=[{"a": "1", "b": "0"}],
        prefer=MERGE,
        sent={"Preference-Applied": "return=representation, tx=rollback"},
    ),
    Case(
        "POST /film_titles?select=film,title",
        [{"film": 1, "title": "A"}],
        200,
        json={"film": 1, "title": "A"},
        prefer=MERGE,
    ),
]
PUTS = [
    Case("PUT /studios?id=eq.9", [TWO], 201, json=[TWO], prefer=REPRESENTATION),
    Case("PUT /studios?id=eq.1", [ONE], 200, json=ONE, prefer=REPRESENTATION),
    Case("PUT /studios?id=eq.1", "", 204, json=ONE, sent={"Content-Range": None}),
    Case("PUT /studios?id=eq.1", ONE, json=[ONE, TWO], prefer=REPRESENTATION, headers=OBJECT),
    Case(
        "PUT /pairs?a=eq.1&b=eq.1",
        [{"a": 1, "b": 1, "value": "x"}],
        json={"a": 1, "b": 1, "value": "x"},
        prefer=REPRESENTATION,
    ),
    Case("PUT /studios?id=eq.1&limit=1", NO_PAGE, 400, json=ONE),
    Case("PUT /studios?id=eq.1&offset=1", NO_PAGE, 400, json=ONE),
    *(
        Case(f"PUT /{query}", NO_KEY, 405, json=ONE)
        for query in (
            "studios?name=eq.x",
            "studios?id=not.eq.1",
            "studios?id=in.(1)",
            "studios?and=(id.eq.1)",
            "studios",
            "pairs?a=eq.1",
            "keyless?a=eq.1&b=eq.1",
        )
    ),
    Case("PUT /studios?id=eq.2", OTHER_KEY, 400, json=ONE),
]


@pytest.mark.parametrize("case", [*UPSERTS, *PUTS], ids=str)
def test_an_upsert_answers_as_postgrest_says(films: httpx.Client, case: Case) -> None:
    case.check(films)
