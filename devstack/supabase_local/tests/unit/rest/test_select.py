"""The select parameter."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devstack.supabase_local.rest.errors import RestError
from devstack.supabase_local.rest.json_path import Step
from devstack.supabase_local.rest.scanner import DEEPEST_NESTING
from devstack.supabase_local.rest.select import Column, Embed, Item, Star, parse_select
from devstack.supabase_local.tests.support.parsing import refusal

BITS = [
    "id",
    "a-b",
    "*",
    ",",
    "(",
    ")",
    "!",
    "!inner",
    ":",
    "::",
    "->",
    "->>",
    "...",
    ".",
    '"',
    "\\",
    " ",
    "count()",
    "sum",
    "1",
    "雪",
]


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("", (Star(),)),
        ("*", (Star(),)),
        (" id , name ", (Column("id"), Column("name"))),
        ("first name", (Column("first name"),)),
        ("a-b", (Column("a-b"),)),
        ('"a,b"', (Column("a,b"),)),
        (r'"say \"hi\""', (Column('say "hi"'),)),
        ("alias:id", (Column("id", alias="alias"),)),
        ("id::text", (Column("id", cast="text"),)),
        ("id::int4[]", (Column("id", cast="int4[]"),)),
        ("a:b->c->>1::int", (Column("b", (Step("c", False), Step(1, True)), "a", "int"),)),
        ("b->-1", (Column("b", (Step(-1, False),)),)),
        ("b->1a", (Column("b", (Step("1a", False),)),)),
        ("count()", (Column("*", aggregate="count"),)),
        ("n:count()::text", (Column("*", alias="n", aggregate="count", aggregate_cast="text"),)),
        ("price.sum()", (Column("price", aggregate="sum"),)),
        ("rel()", (Embed("rel", ()),)),
        ("rel(*)", (Embed("rel", (Star(),)),)),
        (
            "x:rel!fk!inner(a,b(c))",
            (Embed("rel", (Column("a"), Embed("b", (Column("c"),))), "x", "fk", inner=True),),
        ),
        ("rel!left(a)", (Embed("rel", (Column("a"),)),)),
        ("...rel(a)", (Embed("rel", (Column("a"),), spread=True),)),
    ],
)
def test_what_a_select_means(text: str, items: tuple[Item, ...]) -> None:
    assert parse_select(text) == items


@pytest.mark.parametrize(
    "text",
    [
        ",",
        "a,",
        "a b(",
        "rel(",
        "rel(a",
        "a::",
        "a:",
        "a->",
        "a->>",
        "a..b",
        "a.first()",
        '"a',
        "!x",
        "*a",
        "(" * 9,
    ],
)
def test_what_is_no_select_is_refused_with_the_place(text: str) -> None:
    with pytest.raises(RestError) as caught:
        parse_select(text)
    assert caught.value.code == "PGRST100"
    assert "(line 1, column " in caught.value.message


def test_a_parenthesis_too_many_is_passed_over() -> None:
    assert parse_select("a,rel(b))") == parse_select("a,rel(b)")


def test_nesting_has_an_end() -> None:
    deep = "r(" * DEEPEST_NESTING + "a" + ")" * DEEPEST_NESTING
    assert parse_select(deep)
    with pytest.raises(RestError):
        parse_select(f"r({deep})")


def test_the_key_of_a_column_is_what_the_reply_calls_it() -> None:
    keys = [
        item.key
        for item in parse_select("a,b:c,d->e,d->f->0,g.max(),h->0")
        if isinstance(item, Column)
    ]
    assert keys == ["a", "b", "e", "f", "max", "h"]


@given(st.one_of(st.text(max_size=60), st.lists(st.sampled_from(BITS), max_size=25).map("".join)))
def test_any_text_is_a_select_or_refused(text: str) -> None:
    error = refusal(lambda: parse_select(text))
    assert error is None or (error.status, error.code) == (400, "PGRST100")


names = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=12)


@given(name=names, alias=names)
def test_a_quoted_name_may_hold_anything(name: str, alias: str) -> None:
    def quoted(text: str) -> str:
        escaped = text.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'

    assert parse_select(f"{quoted(alias)}:{quoted(name)}") == (Column(name, alias=alias),)
