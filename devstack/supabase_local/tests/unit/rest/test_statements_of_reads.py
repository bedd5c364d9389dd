"""The SQL that a query string becomes, as far as it can be told without PostgreSQL."""

import re
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg import sql

from devstack.supabase_local.catalog.model import Catalog, ColumnFacts, ForeignKey, Table
from devstack.supabase_local.catalog.relationships import derive_relationships
from devstack.supabase_local.rest.errors import RestError
from devstack.supabase_local.rest.read import Reader
from devstack.supabase_local.rest.request import parse_query
from devstack.supabase_local.tests.support.parsing import refusal


def table(name: str, /, **columns: str) -> Table:
    facts = {column: ColumnFacts(column, kind) for column, kind in columns.items()}
    return Table("public", name, facts, ("id",))


DEPLOYMENTS = table("deployments", id="uuid", model_id="uuid", status="text", facts="jsonb")
MODELS = table("models", id="uuid", name="text")
TABLES = {one.id: one for one in (DEPLOYMENTS, MODELS)}
KEY = ForeignKey("of_model", DEPLOYMENTS.id, ("model_id",), MODELS.id, ("id",), unique=False)
CATALOG = Catalog(("public",), TABLES, {}, derive_relationships(TABLES, [KEY]))
LITERAL = re.compile(r"(?: E)?'(?:[^'\\]|''|\\.)*'")


def written(query: str, of: Table = DEPLOYMENTS) -> str:
    node = parse_query(parse_qsl(query, keep_blank_values=True)).root
    return Reader(CATALOG).select(node, of, sql.Identifier(*of.id)).rows().as_string(None)


def test_a_simple_read_is_a_simple_select() -> None:
    assert written("select=id&status=neq.deleted&order=id.desc&limit=5") == (
        'select "t0"."id" as "id" from "public"."deployments" as "t0"'
        ' where "t0"."status" <> \'deleted\' order by "t0"."id" desc limit 5'
    )


def test_to_one_is_a_lateral_row_and_to_many_an_array() -> None:
    one = written("select=id,models(name)")
    assert "left join lateral (select (select row_to_json(_x)" in one
    assert 'where "t1"."id" = "t0"."model_id") as "e1" on true' in one
    many = written("select=name,deployments(id)", MODELS)
    assert 'coalesce("e1"."doc", \'[]\') as "deployments"' in many
    assert "limit 1000" not in one


def test_inner_embeds_become_inner_joins() -> None:
    assert " inner join lateral " in written("select=id,models!inner(name)")
    assert '"e1"."doc" is not null' in written("select=name,deployments!inner(id)", MODELS)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("select=nope", "42703"),
        ("nope=eq.1", "42703"),
        ("order=nope", "42703"),
        ("select=nope(*)", "PGRST200"),
        ("models.name=eq.1", "PGRST108"),
        ("select=id.sum()", "PGRST123"),
    ],
)
def test_names_that_the_catalog_does_not_know_never_reach_sql(query: str, code: str) -> None:
    with pytest.raises(RestError) as caught:
        written(query)
    assert caught.value.code == code


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40))
def test_a_value_stays_inside_its_literal(value: str) -> None:
    node = parse_query([("select", "id"), ("status", f"eq.{value}")]).root
    select = Reader(CATALOG).select(node, DEPLOYMENTS, sql.Identifier("x"))
    text = select.rows().as_string(None)
    bare = LITERAL.sub("?", text)
    assert bare == 'select "t0"."id" as "id" from "x" as "t0" where "t0"."status" = ?'


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=40))
def test_an_alias_and_a_key_stay_inside_their_quotes(name: str) -> None:
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    node = parse_query([("select", f'"{escaped}":facts->"{escaped}"')]).root
    text = Reader(CATALOG).select(node, DEPLOYMENTS, sql.Identifier("x")).rows().as_string(None)
    bare = re.sub(r'"(?:[^"]|"")*"', "#", LITERAL.sub("?", text))
    assert bare == "select (#.#->?) as # from # as #"


@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                [
                    "select",
                    "order",
                    "limit",
                    "or",
                    "status",
                    "facts->a",
                    "models.name",
                    "models.order",
                ]
            ),
            st.one_of(
                st.text(max_size=20),
                st.sampled_from(["eq.1", "*", "id,models(name)", "id.desc", "(id.eq.1)", "in.(1)"]),
            ),
        ),
        max_size=5,
    )
)
def test_any_query_string_becomes_sql_or_is_refused(pairs: list[tuple[str, str]]) -> None:
    def read() -> None:
        Reader(CATALOG).select(parse_query(pairs).root, DEPLOYMENTS, sql.Identifier("x"))

    error = refusal(read)
    assert error is None or error.status in (300, 400, 416, 501)
