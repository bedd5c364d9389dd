"""Pages, ranges and what Content-Range says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devstack.supabase_local.rest.errors import RestError
from devstack.supabase_local.rest.ranges import (
    Page,
    content_range,
    parse_page,
    parse_range,
    status_of_page,
)
from devstack.supabase_local.tests.support.parsing import refusal


@pytest.mark.parametrize(
    ("header", "page"),
    [
        (None, Page()),
        ("0-9", Page(0, 10)),
        ("5-5", Page(5, 1)),
        ("5-", Page(5)),
        ("items=0-1", Page(0, 2)),
        ("bytes=0-1", Page()),
        ("-5", Page()),
        ("a-b", Page()),
    ],
)
def test_what_a_range_header_means(header: str | None, page: Page) -> None:
    assert parse_range(header) == page


def test_a_range_that_ends_before_it_begins_is_unsatisfiable() -> None:
    with pytest.raises(RestError) as caught:
        parse_range("9-0")
    assert (caught.value.status, caught.value.code) == (416, "PGRST103")


def test_limit_and_offset_make_a_page() -> None:
    assert parse_page("10", "20") == Page(20, 10)
    assert parse_page(None, None) == Page()
    assert parse_page("0", "-3") == Page(0, 0)
    with pytest.raises(RestError) as negative:
        parse_page("-1", None)
    assert negative.value.code == "PGRST103"
    for text in ("", "ten", "1.5", "9" * 30):
        with pytest.raises(RestError) as caught:
            parse_page(text, None)
        assert caught.value.code == "PGRST100"


pages = st.builds(Page, st.integers(0, 50), st.none() | st.integers(0, 50))


@given(one=pages, other=pages)
def test_two_restrictions_leave_the_rows_that_both_leave(one: Page, other: Page) -> None:
    def rows(page: Page) -> set[int]:
        end = 200 if page.limit is None else page.offset + page.limit
        return set(range(page.offset, end))

    assert rows(one.within(other)) == rows(one) & rows(other)


def test_a_cap_never_lengthens_a_page() -> None:
    assert Page(3).capped(10) == Page(3, 10)
    assert Page(3, 5).capped(10) == Page(3, 5)
    assert Page(3, 50).capped(10) == Page(3, 10)


def test_content_range_and_status_agree() -> None:
    assert (content_range(0, 0, None), status_of_page(0, 0, None)) == ("*/*", 200)
    assert (content_range(0, 0, 0), status_of_page(0, 0, 0)) == ("*/0", 200)
    assert (content_range(10, 5, 100), status_of_page(10, 5, 100)) == ("10-14/100", 206)
    assert (content_range(0, 5, 5), status_of_page(0, 5, 5)) == ("0-4/5", 200)
    with pytest.raises(RestError) as caught:
        status_of_page(6, 0, 5)
    assert "only 5 rows" in str(caught.value.details)


@given(st.text(max_size=30))
def test_any_text_is_a_range_or_refused(text: str) -> None:
    error = refusal(lambda: parse_range(text))
    assert error is None or error.status == 416
