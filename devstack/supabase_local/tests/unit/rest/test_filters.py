"""Row filters and their logic."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devstack.supabase_local.rest.errors import RestError
from devstack.supabase_local.rest.filters import (
    OPERATORS,
    Condition,
    Group,
    Operation,
    looks_like_operation,
    parse_condition,
    parse_group,
)
from devstack.supabase_local.rest.json_path import Step
from devstack.supabase_local.tests.support.parsing import refusal

BITS = [
    "eq",
    "in",
    "is",
    "not",
    ".",
    "(",
    ")",
    ",",
    "{",
    "}",
    '"',
    "\\",
    "a",
    "null",
    "and",
    "or",
    "any",
    "fts",
    "->",
    "->>",
    " ",
    "1",
    "雪",
]


@pytest.mark.parametrize(
    ("text", "operation"),
    [
        ("eq.5", Operation("eq", "5")),
        ("eq.", Operation("eq", "")),
        ("eq.a.b,c)", Operation("eq", "a.b,c)")),
        ("not.eq.5", Operation("eq", "5", negated=True)),
        ("like(any).{a,b}", Operation("like", "{a,b}", quantifier="any")),
        ("not.gt(all).{1}", Operation("gt", "{1}", negated=True, quantifier="all")),
        ("is.NULL", Operation("is", "null")),
        ("is.not_null", Operation("is", "not_null")),
        ("in.(a,b)", Operation("in", values=("a", "b"))),
        ("in.()", Operation("in")),
        ('in.("a,b","c\\"d",e)', Operation("in", values=("a,b", 'c"d', "e"))),
        ('in.("a"b,c)', Operation("in", values=('"a"b', "c"))),
        ("in. (a) ", Operation("in", values=("a",))),
        ("fts.x", Operation("fts", "x")),
        ("wfts(english).x y", Operation("wfts", "x y", language="english")),
    ],
)
def test_what_an_operation_means(text: str, operation: Operation) -> None:
    assert parse_condition("c", text) == ((), Condition("c", (), operation))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "5",
        "eq",
        "foo.1",
        ".1",
        "in.a",
        "in.(a",
        "in.(a)b",
        "is.5",
        "cs(any).{1}",
        "eq(some).{1}",
        "not.not.eq.1",
        "is(any).null",
        "EQ.1",
    ],
)
def test_what_is_no_operation_is_refused(text: str) -> None:
    with pytest.raises(RestError, match="failed to parse"):
        parse_condition("c", text)


@pytest.mark.parametrize(
    ("field", "path", "column", "steps"),
    [
        ("a", (), "a", ()),
        ("r.s.a", ("r", "s"), "a", ()),
        ("a->b->>0", (), "a", (Step("b", False), Step(0, True))),
        ('"a.b"', (), "a.b", ()),
        ('r."a.b"->x', ("r",), "a.b", (Step("x", False),)),
    ],
)
def test_what_a_field_means(
    field: str, path: tuple[str, ...], column: str, steps: tuple[Step, ...]
) -> None:
    assert parse_condition(field, "eq.1") == (path, Condition(column, steps, Operation("eq", "1")))


def test_groups_nest_and_negate() -> None:
    group = parse_group(
        "or", '(a.eq.1, not.and(b.in.(x,"y,z"),c.not.is.null),d.cs.{1,2})', negated=True
    )
    assert group == Group(
        True,
        (
            Condition("a", (), Operation("eq", "1")),
            Group(
                False,
                (
                    Condition("b", (), Operation("in", values=("x", "y,z"))),
                    Condition("c", (), Operation("is", "null", negated=True)),
                ),
                negated=True,
            ),
            Condition("d", (), Operation("cs", "{1,2}")),
        ),
        negated=True,
    )


def test_a_quoted_value_in_a_group_may_hold_commas_and_parentheses() -> None:
    group = parse_group("and", r'(a.eq."x,(\"y\")",b.eq.z)', negated=False)
    values = [member.operation.value for member in group.members if isinstance(member, Condition)]
    assert values == ['x,("y")', "z"]


@pytest.mark.parametrize(
    "text", ["", "a.eq.1", "(", "()", "(a.eq.1", "(a.eq.1,)", "(a)", "and(" * 50]
)
def test_what_is_no_group_is_refused(text: str) -> None:
    with pytest.raises(RestError, match="failed to parse"):
        parse_group("and", text, negated=False)


def test_what_stands_behind_a_group_is_passed_over() -> None:
    assert parse_group("and", "(a.eq.1))", negated=False) == Group(
        False, (Condition("a", (), Operation("eq", "1")),)
    )


@pytest.mark.parametrize(("negated", "column"), [(False, 4), (True, 8)])
def test_the_place_in_a_group_counts_the_word_before_it(negated: bool, column: int) -> None:
    with pytest.raises(RestError) as caught:
        parse_group("or", "()", negated=negated)
    assert caught.value.message == f'"failed to parse logic tree (())" (line 1, column {column})'
    assert caught.value.details == (
        'unexpected ")" expecting field name (* or [a..z0..9_$]), negation operator (not) '
        "or logic operator (and, or)"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("eq.1", True),
        ("not.in.(1)", True),
        ("like(any).{a}", True),
        ("1", False),
        ("equal", False),
        ("x.y", False),
    ],
)
def test_an_operation_is_known_by_its_shape(text: str, expected: bool) -> None:
    assert looks_like_operation(text) is expected


hostile = st.one_of(st.text(max_size=60), st.lists(st.sampled_from(BITS), max_size=25).map("".join))


@given(field=hostile, text=hostile)
def test_any_text_is_a_condition_or_refused(field: str, text: str) -> None:
    error = refusal(lambda: parse_condition(field, text))
    assert error is None or (error.status, error.code) == (400, "PGRST100")


@given(hostile)
def test_any_text_is_a_group_or_refused(text: str) -> None:
    error = refusal(lambda: parse_group("or", text, negated=False))
    assert error is None or (error.status, error.code) == (400, "PGRST100")


@given(
    operator=st.sampled_from([name for name in OPERATORS if name not in ("is", "in")]),
    value=st.text(max_size=40),
    negated=st.booleans(),
)
def test_a_value_comes_through_untouched(operator: str, value: str, negated: bool) -> None:
    text = f"{'not.' if negated else ''}{operator}.{value}"
    _, condition = parse_condition("c", text)
    assert condition.operation == Operation(operator, value, negated=negated)


@given(st.lists(st.text(min_size=1, max_size=20), min_size=1, max_size=5))
def test_a_quoted_list_comes_through_untouched(values: list[str]) -> None:
    escaped = [value.replace("\\", "\\\\").replace('"', '\\"') for value in values]
    written = ",".join(f'"{value}"' for value in escaped)
    _, condition = parse_condition("c", f"in.({written})")
    assert condition.operation.values == tuple(values)
