"""Resources in resources: keys, hints, views, computed relationships, spreads of one and many."""

import httpx
import pytest

from devstack.supabase_local.tests.conformance.cases import REPRESENTATION, Case, problem


def names(*values: str) -> list[dict[str, str]]:
    return [{"name": value} for value in values]


ACME = "GET /companies?id=eq.3&select=name"
TWICE = problem("42712", 'table name "studios" specified more than once')
NOT_RELATED = "Could not find a relationship between 'films' and 'studio' in the schema cache"
EMBEDS = [
    Case(
        "GET /films?select=studio(name)",
        problem(
            "PGRST200",
            NOT_RELATED,
            "Searched for a foreign key relationship between 'films' and 'studio' in the schema "
            "'public', but no matches were found.",
            "Perhaps you meant 'studios' instead of 'studio'.",
        ),
        400,
    ),
    Case(
        "GET /filmz",
        problem(
            "PGRST205",
            "Could not find the table 'public.filmz' in the schema cache",
            None,
            "Perhaps you meant the table 'public.films'",
        ),
        404,
    ),
    Case(
        "GET /garlic",
        problem("PGRST205", "Could not find the table 'public.garlic' in the schema cache"),
        404,
    ),
    Case(
        "GET /companies?id=eq.1&select=name,refereed:companies!referee_id(name)&refereed.order=id",
        [{"name": "Referee", "refereed": names("Auditor", "Acme")}],
    ),
    Case(
        "GET /companies?id=eq.2&select=name,audited:companies!auditor_id(name)",
        [{"name": "Auditor", "audited": names("Acme")}],
    ),
    Case(
        f"{ACME},auditor_id(name),referee:referee_id(name)",
        [{"name": "Acme", "auditor_id": {"name": "Auditor"}, "referee": {"name": "Referee"}}],
    ),
    Case(
        "GET /crews?select=sailors(*)",
        problem(
            "PGRST201",
            "Could not embed because more than one relationship was found for 'crews' and "
            "'sailors'",
            [
                {
                    "cardinality": "one-to-many",
                    "embedding": "crews with sailors",
                    "relationship": "a_crew using crews(id) and sailors(crew_id)",
                },
                {
                    "cardinality": "many-to-one",
                    "embedding": "crews with sailors",
                    "relationship": "the_captain using crews(captain_id) and sailors(id)",
                },
            ],
            "Try changing 'sailors' to one of the following: 'sailors!a_crew', "
            "'sailors!the_captain'. Find the desired relationship in the 'details' key.",
        ),
        300,
    ),
    Case(
        "GET /studio_records?id=eq.1&select=made,titles,films(title)&films.order=id",
        [
            {
                "made": 2,
                "titles": ["Alpha", "Beta"],
                "films": [{"title": "Alpha"}, {"title": "Beta"}],
            }
        ],
    ),
    Case("GET /companies?select=companies(name)", status=300),
    Case("GET /companies?select=companies!companies_auditor(name)", status=400),
    Case(
        "GET /persons?id=eq.1&select=pupils:persons(name)",
        [{"pupils": names("Ben", "Cleo")}],
    ),
    Case("GET /persons?id=eq.4&select=mentor_id(name)", [{"mentor_id": {"name": "Ben"}}]),
    Case(
        "GET /studios?id=eq.2&select=films_studio(title)", [{"films_studio": [{"title": "Gamma"}]}]
    ),
    Case(
        "GET /studios?id=eq.2&select=films!films_studio(title)", [{"films": [{"title": "Gamma"}]}]
    ),
    Case("GET /studios?id=eq.2&select=films!studio_id(title)", [{"films": [{"title": "Gamma"}]}]),
    Case("GET /trips?select=start_id(name),trips_end(name)", status=200),
    Case("GET /trips?select=studios(name)", status=300),
    Case("GET /films?select=studios(name),studios(id)", TWICE, 400),
    Case("GET /films?select=studios(name),...studios(id)", TWICE, 400),
    Case(
        "GET /films?id=eq.1&select=a:studios(name),b:studios(id)",
        [{"a": {"name": "North"}, "b": {"id": 1}}],
    ),
    Case("GET /trips?select=studios!end_id(name)", [{"studios": {"name": "South"}}]),
    Case("GET /films?id=eq.1&select=budgets(amount)", [{"budgets": {"amount": 150.00}}]),
    Case(
        "GET /films?id=eq.1&select=persons(name)&persons.order=name",
        [{"persons": names("Ada", "Ben")}],
    ),
    Case("GET /films?id=eq.1&select=persons!credits(name)", status=200),
    Case("GET /films?id=eq.4&select=companies(name)", [{"companies": names("Acme")}]),
    Case("GET /film_titles?film=eq.1&select=studios(name)", [{"studios": {"name": "North"}}]),
    Case("GET /films?id=eq.1&select=made:studios(name)&studios.name=eq.x", [{"made": None}]),
    Case("GET /studios?select=id,films(credits())&order=id&limit=1", [{"id": 1}]),
]
VIEWS = [
    Case(
        "GET /named_films?number=eq.1&select=title,studios(name),budgets(amount)",
        [{"title": "Alpha", "studios": {"name": "North"}, "budgets": {"amount": 150.00}}],
    ),
    Case("GET /studios?id=eq.2&select=named_films(title)", [{"named_films": [{"title": "Gamma"}]}]),
    Case("OPTIONS /named_films", "", sent={"Allow": "OPTIONS,GET,HEAD,POST,PUT,PATCH,DELETE"}),
    Case("OPTIONS /film_years", "", sent={"Allow": "OPTIONS,GET,HEAD"}),
    Case("OPTIONS /keyless", "", sent={"Allow": "OPTIONS,GET,HEAD,POST,PATCH,DELETE"}),
    Case("OPTIONS /absent", status=404),
    Case("OPTIONS /rpc/three", "", sent={"Allow": "OPTIONS,GET,HEAD,POST"}),
    Case("OPTIONS /rpc/drop_films", "", sent={"Allow": "OPTIONS,POST"}),
]
COMPUTED = [
    Case("GET /films?id=eq.1&select=shout,whisper", [{"shout": "ALPHA", "whisper": "alpha"}]),
    Case("GET /films?id=eq.1&select=by:maker(name)", [{"by": {"name": "North"}}]),
    Case("GET /films?id=eq.1&select=maker_noset(name)", [{"maker_noset": {"name": "North"}}]),
    Case("GET /studios?id=eq.2&select=works(title)", [{"works": [{"title": "Gamma"}]}]),
    Case(
        "GET /studios?select=name,works!inner(title)&works.title=eq.Beta",
        [{"name": "North", "works": [{"title": "Beta"}]}],
        prefer="count=exact",
        sent={"Content-Range": "0-0/1"},
    ),
    Case("GET /films?select=id,maker()&maker=is.null", [{"id": 4}]),
    Case("GET /trips?select=companies(name)", [{"companies": names("Acme")}]),
    Case("GET /films?id=eq.1&select=...maker(made_by:name)", [{"made_by": "North"}]),
    Case("GET /studios?id=eq.2&select=...works(titles:title)", [{"titles": ["Gamma"]}]),
    Case(
        "POST /films?select=title,maker(name)",
        [{"title": "x", "maker": {"name": "South"}}],
        201,
        json={"id": 9, "title": "x", "studio_id": 2},
        prefer=REPRESENTATION,
    ),
    Case("GET /films?id=eq.1&select=title&shout=eq.ALPHA", [{"title": "Alpha"}]),
]
SPREADS = [
    Case(
        "GET /studios?select=name,...films(title)&order=id&films.order=title",
        [
            {"name": "North", "title": ["Alpha", "Beta"]},
            {"name": "South", "title": ["Gamma"]},
            {"name": "Empty", "title": []},
        ],
    ),
    Case(
        "GET /studios?id=eq.1&select=...films(id,titles:title)&films.order=id.desc",
        [{"id": [2, 1], "titles": ["Beta", "Alpha"]}],
    ),
    Case("GET /studios?select=id,...films(title)&films=is.null", [{"id": 3, "title": []}]),
    Case(
        "GET /studios?select=id,...films!inner(title)&films.title=eq.Beta",
        [{"id": 1, "title": ["Beta"]}],
        prefer="count=exact",
        sent={"Content-Range": "0-0/1"},
    ),
    Case(
        "GET /studios?id=eq.1&select=...films(*)&films.order=year",
        [
            {
                "id": [1, 2],
                "title": ["Alpha", "Beta"],
                "studio_id": [1, 1],
                "year": [2001, 2002],
                "notes": [{"tags": ["x"], "text": "a fat cat"}, None],
                "story": ["A fat cat ran", "Dogs are sleeping"],
                "about": [{"plot": "cats"}, None],
            }
        ],
    ),
    Case(
        "GET /studios?id=eq.1&select=...films(title,...budgets(cost:amount))&films.order=id",
        [{"title": ["Alpha", "Beta"], "cost": [150.00, 200.00]}],
    ),
    Case(
        "GET /studios?id=eq.1&select=...films(title,...persons(who:name))"
        "&films.order=id&films.persons.order=name",
        [{"title": ["Alpha", "Beta"], "who": [["Ada", "Ben"], ["Ben"]]}],
    ),
    Case(
        "GET /studios?id=eq.1&select=...films(title,budgets(amount),credits(part))"
        "&films.order=id&films.credits.order=part",
        [
            {
                "title": ["Alpha", "Beta"],
                "budgets": [{"amount": 150.00}, {"amount": 200.00}],
                "credits": [[{"part": "extra"}, {"part": "lead"}], [{"part": "lead"}]],
            }
        ],
    ),
    Case(
        "GET /studios?id=eq.1&select=...films(title,...budgets(amount))"
        "&films.order=budgets(amount).desc",
        [{"title": ["Beta", "Alpha"], "amount": [200.00, 150.00]}],
    ),
    Case("GET /studios?order=id&limit=1&select=id,...films()", [{"id": 1}]),
    Case(
        "GET /films?select=id,...studios(studio:name)&id=lt.4"
        "&order=studios(studio).desc.nullslast,id",
        [
            {"id": 3, "studio": "South"},
            {"id": 1, "studio": "North"},
            {"id": 2, "studio": "North"},
        ],
    ),
    Case("GET /films?select=id,studios(studio:name)&order=studios(studio)", status=400),
    Case(
        "GET /studios?select=name,...films(year,id.sum())",
        problem(
            "PGRST127",
            "Feature not implemented",
            "Aggregates are not implemented for one-to-many or many-to-many spreads.",
        ),
        400,
    ),
]


@pytest.mark.parametrize("case", [*EMBEDS, *VIEWS, *COMPUTED, *SPREADS], ids=str)
def test_an_embed_answers_as_postgrest_says(films: httpx.Client, case: Case) -> None:
    case.check(films)
