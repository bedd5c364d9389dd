"""Splitting SQL text into statements."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devstack.supabase_local.statements import split_statements


@pytest.mark.parametrize(
    ("text", "statements"),
    [
        ("", []),
        (" ; ;\n", []),
        ("select 1", ["select 1"]),
        ("select 1; select 2;", ["select 1", "select 2"]),
        ("select ';'; x", ["select ';'", "x"]),
        ("select 'it''s;'; x", ["select 'it''s;'", "x"]),
        (r"select E'\';'; x", [r"select E'\';'", "x"]),
        ('select ";"; x', ['select ";"', "x"]),
        ("a -- ; no\n; b", ["a -- ; no\n", "b"]),
        ("-- first\n\n b", ["b"]),
        ("a /* ; /* ; */ ; */; b", ["a /* ; /* ; */ ; */", "b"]),
        ("do $$ a; b $$; c", ["do $$ a; b $$", "c"]),
        ("do $x$ a; $$ ; $$ b $x$; c", ["do $x$ a; $$ ; $$ b $x$", "c"]),
        ("select a$1; b", ["select a$1", "b"]),
    ],
)
def test_where_statements_end(text: str, statements: list[str]) -> None:
    assert [statement for _, statement in split_statements(text)] == statements


@given(st.text("ab;'\"$-/*\n \\E", max_size=60))
def test_statements_lie_where_they_are_said_to(text: str) -> None:
    end = 0
    for start, statement in split_statements(text):
        assert start >= end
        assert text[start : start + len(statement)] == statement
        end = start + len(statement)
