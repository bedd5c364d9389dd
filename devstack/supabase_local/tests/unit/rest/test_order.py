"""The order parameter."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devstack.supabase_local.rest.errors import RestError
from devstack.supabase_local.rest.json_path import Step
from devstack.supabase_local.rest.order import OrderTerm, parse_order
from devstack.supabase_local.tests.support.parsing import refusal


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("a", (OrderTerm("a"),)),
        ("a.asc, b.desc", (OrderTerm("a"), OrderTerm("b", descending=True))),
        ("a.desc.nullslast", (OrderTerm("a", descending=True, nulls_first=False),)),
        ("a.nullsfirst", (OrderTerm("a", nulls_first=True),)),
        ("d->x->>0.desc", (OrderTerm("d", (Step("x", False), Step(0, True)), descending=True),)),
        ("rel(a).desc", (OrderTerm("a", relation="rel", descending=True),)),
        ("rel(a->b)", (OrderTerm("a", (Step("b", False),), relation="rel"),)),
        ('"a.desc"', (OrderTerm("a.desc"),)),
    ],
)
def test_what_an_order_means(text: str, terms: tuple[OrderTerm, ...]) -> None:
    assert parse_order(text) == terms


@pytest.mark.parametrize(
    "text",
    ["", ",", "a,", "a.up", "a.desc.first", "a.desc.nullslast.x", "a.", "rel(a", "rel(a)b", "a;b"],
)
def test_what_is_no_order_is_refused(text: str) -> None:
    with pytest.raises(RestError, match="failed to parse order"):
        parse_order(text)


@pytest.mark.parametrize(
    ("text", "column", "details"),
    [
        ("a.asc.nullslasts", 16, "unexpected 's' expecting \",\" or end of input"),
        ("a.descending", 7, "unexpected 'e' expecting \",\" or end of input"),
        ("a.up", 3, 'unexpected "u" expecting asc, desc, nullsfirst or nullslast'),
        ("a.desc.first", 8, 'unexpected "f" expecting nullsfirst or nullslast'),
        (
            "a->(b",
            4,
            'unexpected "(" expecting "-", digit or any non reserved character '
            "different from: .,>()",
        ),
        ("a->>--3", 6, 'unexpected "-" expecting digit'),
    ],
)
def test_the_place_and_what_was_expected_there_are_told(
    text: str, column: int, details: str
) -> None:
    error = refusal(lambda: parse_order(text))
    assert error is not None
    assert error.message == f'"failed to parse order ({text})" (line 1, column {column})'
    assert error.details == details


@given(
    st.one_of(
        st.text(max_size=50),
        st.lists(
            st.sampled_from(["a", ".", "asc", "desc", "nullslast", ",", "(", ")", "->", '"', " "]),
            max_size=20,
        ).map("".join),
    )
)
def test_any_text_is_an_order_or_refused(text: str) -> None:
    error = refusal(lambda: parse_order(text))
    assert error is None or (error.status, error.code) == (400, "PGRST100")
