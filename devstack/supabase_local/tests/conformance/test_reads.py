"""Reading: aggregates, representations, full text search, logic, pages."""

import httpx
import pytest

from devstack.supabase_local.tests.conformance.cases import REPRESENTATION, Case, problem

AGGREGATES = [
    Case("GET /films?select=count", [{"count": 4}]),
    Case(
        "GET /studios?select=name,films(count)&order=id",
        [
            {"name": "North", "films": [{"count": 2}]},
            {"name": "South", "films": [{"count": 1}]},
            {"name": "Empty", "films": [{"count": 0}]},
        ],
    ),
    Case("GET /films?select=title,count", status=400),
    Case("GET /films?select=count()", [{"count": 4}]),
    Case("GET /films?select=n:count(),year&order=year", status=200),
    Case(
        "GET /films?select=studio_id,n:count()&order=studio_id.nullslast",
        [
            {"studio_id": 1, "n": 2},
            {"studio_id": 2, "n": 1},
            {"studio_id": None, "n": 1},
        ],
    ),
    Case("GET /films?select=notes->>text::text.max()", [{"max": "a fat cat"}]),
    Case("GET /budgets?select=sum:amount.sum()::text", [{"sum": "420.50"}]),
    Case(
        "GET /films?select=id.max(),studios(name)&order=studio_id&studio_id=not.is.null",
        status=400,
    ),
    Case(
        "GET /films?select=studio_id,id.max(),studios(name)&order=studio_id&studio_id=lt.9",
        [
            {"studio_id": 1, "max": 2, "studios": {"name": "North"}},
            {"studio_id": 2, "max": 3, "studios": {"name": "South"}},
        ],
    ),
    Case(
        "GET /studios?select=name,films(id.sum())&order=id",
        [
            {"name": "North", "films": [{"sum": 3}]},
            {"name": "South", "films": [{"sum": 3}]},
            {"name": "Empty", "films": [{"sum": None}]},
        ],
    ),
    Case("GET /films?id=eq.1&select=studios(count())", [{"studios": {"count": 1}}]),
    Case("GET /films?select=...budgets(total:amount.sum())", [{"total": 420.50}]),
    Case("GET /films?select=...studios(count())", [{"count": 3}]),
    Case(
        "GET /films?select=...studios(studio:name,made:count())&studio_id=lt.9"
        "&order=studios(studio).desc",
        [{"studio": "South", "made": 1}, {"studio": "North", "made": 2}],
    ),
    Case(
        "GET /films?select=...studios(name),...budgets(total:amount.sum())"
        "&order=studios(name).nullslast",
        [
            {"name": "North", "total": 350.00},
            {"name": "South", "total": 70.50},
            {"name": None, "total": None},
        ],
    ),
    Case(
        "GET /credits?select=part,...films(...budgets(total:amount.sum()))&order=part",
        [{"part": "extra", "total": 150.00}, {"part": "lead", "total": 420.50}],
    ),
    Case(
        "GET /credits?select=...films(studios(name),id.count())&film_id=lt.3",
        [{"studios": {"name": "North"}, "count": 3}],
    ),
    Case(
        "GET /persons?select=name,credits(...films(studio_id,...budgets(amount.sum())))&id=eq.2",
        [{"name": "Ben", "credits": [{"studio_id": 1, "sum": 350.00}]}],
    ),
]
COLOURS = [
    Case("GET /paints?select=id,colour&id=eq.1", [{"id": 1, "colour": "#ff0000"}]),
    Case("GET /paints?select=id&colour=eq.%2300ff00", [{"id": 2}]),
    Case("GET /paints?select=id&colour=in.(%2300ff00,%23000000)", [{"id": 2}]),
    Case("GET /paints?select=tint:colour&order=colour", [{"tint": "#00ff00"}, {"tint": "#ff0000"}]),
    Case(
        "GET /paints?id=eq.1",
        [
            {
                "id": 1,
                "name": "red",
                "colour": "#ff0000",
                "level": 7,
                "code": None,
                "bits": None,
                "made": "2026-01-01T12:00:00+00:00",
            }
        ],
    ),
    Case(
        "POST /paints?select=colour",
        [{"colour": "#0000ff"}],
        201,
        json={"id": 9, "colour": "#0000ff"},
        prefer=REPRESENTATION,
    ),
    Case(
        "PATCH /paints?colour=eq.%23ff0000&select=id,colour",
        [{"id": 1, "colour": "#0000ff"}],
        json={"colour": "#0000ff"},
        prefer=REPRESENTATION,
    ),
]
SEARCHES = [
    Case("GET /films?select=id&about=fts(english).cat", [{"id": 1}]),
    Case("GET /films?select=id&notes=plfts(english).cats", [{"id": 1}]),
    Case("GET /films?select=id&notes->>text=wfts(english).cats", [{"id": 1}]),
    Case("GET /films?select=id&story=fts(english).sleep", [{"id": 2}]),
    Case("GET /films?select=id&story=not.phfts(english).fat cats", [{"id": 2}]),
    Case("GET /films?select=id&lexemes=fts(english).cats", [{"id": 1}]),
]
STRIPPED = {"Accept": "application/vnd.pgrst.array+json;nulls=stripped"}
REFUSED = [
    Case("GET /rpc/titles", status=501, headers={"Accept": "text/vnd.titles"}),
    Case("GET /rpc/titles", "Alpha, Beta", headers={"Accept": "*/*"}),
    Case("GET /rpc/any_form", status=501),
    Case(
        "GET /looped",
        problem("42P17", 'infinite recursion detected in rules for relation "looped"'),
        500,
    ),
    Case("GET /keyless", status=501, headers={"Accept": "text/vnd.titles, */*"}),
    Case("GET /keyless", status=200, headers={"Accept": "*/*"}),
    Case("GET /films", status=406, headers={"Accept": "text/vnd.titles"}),
    Case("GET /films", status=200, headers={"Accept": "text/vnd.titles, */*"}),
    Case("GET /films", status=501, headers={"Accept": "application/geo+json"}),
    Case("PATCH /films?id=eq.1&limit=1", status=501, json={"title": "x"}),
    Case("DELETE /films?id=gt.1&offset=1", status=501),
    Case("GET /films?select=studios(count())&order=studios(name)", status=501),
    Case("GET /films", status=406, headers={"Accept": "text/unknown"}),
    Case("GET /films?select=id&limit=1", [{"id": 1}], headers={"Accept": "text/unknown, */*"}),
]
LOGIC = [
    Case(
        "GET /films?select=id&and=( and ( id.in.( 1, 2 ) , id.gt.1 ) , or ( id.eq.2 , id.eq.3 ) )",
        [{"id": 2}],
    ),
    Case(
        "GET /films?select=id&or=(not.and(id.gt.1,id.lt.4),id.eq.3)&order=id",
        [{"id": 1}, {"id": 3}, {"id": 4}],
    ),
    Case("GET /films?select=id&not.or=(id.eq.1,id.eq.2)&order=id", [{"id": 3}, {"id": 4}]),
    Case(
        'GET /films?select=id&or=(title.eq."Alpha",title.like."*mm*")&order=id',
        [{"id": 1}, {"id": 3}],
    ),
    Case("GET /films?select=id&or=(title.is.null,id.not.gt.1)", [{"id": 1}]),
    Case(
        "GET /studios?id=eq.1&select=films(id)&films.or=(id.eq.2,title.eq.Gamma)",
        [{"films": [{"id": 2}]}],
    ),
    Case("GET /films?or=()", status=400),
]
PAGES = [
    Case("GET /films?id=in.(  1)&select=id", [{"id": 1}]),
    Case("GET /films?id=in.(  )&select=id", []),
    Case("GET /films?id=in.( ,3)&select=id", status=400),
    Case(
        "GET /films?id=eq.1&select=id,studios(name)&studios.offset=1", [{"id": 1, "studios": None}]
    ),
    Case(
        "GET /films?id=eq.4&select=id,year,studio_id",
        [{"id": 4, "year": 2004}],
        headers=STRIPPED,
        sent={"Content-Type": f"{STRIPPED['Accept']}; charset=utf-8"},
    ),
    Case(
        "GET /films?offset=100",
        problem(
            "PGRST103",
            "Requested range not satisfiable",
            "An offset of 100 was requested, but there are only 4 rows.",
        ),
        416,
        prefer="count=exact",
        sent={"Content-Range": "*/4"},
    ),
    Case("GET /films?limit=-1", status=416),
    Case("GET /films?limit=0", [], sent={"Content-Range": "*/*"}),
    Case("GET /films?select=id,mutter", status=400),
    Case("GET /films?mutter=eq.alpha", status=400),
    Case("HEAD /guesses", "", prefer="count=estimated", sent={"Content-Range": "0-3/4"}),
    Case("HEAD /guesses", "", 206, prefer="count=planned", sent={"Content-Range": "0-3/2019"}),
    Case(
        "HEAD /films",
        "",
        prefer="count=exact",
        sent={"Content-Range": "0-3/4", "Content-Length": None},
    ),
    Case("HEAD /films?select=id", "", headers={"Range": "1-1"}, sent={"Content-Range": "0-3/*"}),
    Case(
        "GET /films?select=id&order=id",
        [{"id": 2}],
        headers={"Range": "1-1"},
        sent={"Content-Location": "/films?order=id&select=id", "Content-Range": "1-1/*"},
    ),
    Case(
        "GET /studios?id=eq.1",
        {"id": 1, "name": "North"},
        headers={"Accept": "application/vnd.pgrst.object"},
    ),
    Case(
        "GET /paints?select=made&id=eq.1",
        [{"made": "2026-01-01T14:00:00+02:00"}],
        prefer="timezone=Africa/Cairo",
    ),
]
ALL = [*AGGREGATES, *COLOURS, *SEARCHES, *LOGIC, *REFUSED, *PAGES]


@pytest.mark.parametrize("case", ALL, ids=str)
def test_a_read_answers_as_postgrest_says(films: httpx.Client, case: Case) -> None:
    case.check(films)
