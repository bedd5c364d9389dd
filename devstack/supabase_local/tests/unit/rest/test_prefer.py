"""The Prefer and Accept headers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devstack.supabase_local.rest.errors import RestError
from devstack.supabase_local.rest.media import Form, parse_accept
from devstack.supabase_local.rest.prefer import Preferences, parse_prefer
from devstack.supabase_local.tests.support.parsing import refusal


def test_known_preferences_are_understood_and_confirmed() -> None:
    header = (
        "return=representation, count=exact,resolution=merge-duplicates,missing=default,tx=rollback"
    )
    prefer = parse_prefer(header)
    assert prefer.returning == "representation"
    assert prefer.count == "exact"
    assert prefer.resolution == "merge-duplicates"
    assert prefer.missing_default
    assert prefer.rollback
    assert prefer.confirmed("return", "resolution", "tx") == (
        "resolution=merge-duplicates, return=representation, tx=rollback"
    )


def test_the_first_of_two_contradicting_preferences_counts() -> None:
    assert parse_prefer("return=minimal,return=representation").returning == "minimal"


def test_a_bound_on_affected_rows_needs_strict_handling() -> None:
    assert parse_prefer("max-affected=3").max_affected is None
    assert parse_prefer("handling=strict,max-affected=3").max_affected == 3


def test_unknown_preferences_matter_only_when_strict() -> None:
    assert parse_prefer("return=everything, respond-async") == Preferences()
    with pytest.raises(RestError) as caught:
        parse_prefer("handling=strict, return=everything")
    assert (caught.value.code, caught.value.details) == (
        "PGRST122",
        "Invalid preferences: return=everything",
    )


def test_what_is_not_there_is_named() -> None:
    with pytest.raises(RestError) as caught:
        parse_accept("application/geo+json")
    assert caught.value.status == 501


@pytest.mark.parametrize(
    ("header", "form"),
    [
        ("", Form()),
        ("*/*", Form()),
        ("text/html, */*;q=0.8", Form()),
        (
            "application/vnd.pgrst.object+json",
            Form("application/vnd.pgrst.object+json", single=True),
        ),
        (
            "application/vnd.pgrst.array+json;nulls=stripped",
            Form("application/vnd.pgrst.array+json;nulls=stripped", strip_nulls=True),
        ),
        ("text/csv", Form("text/csv; charset=utf-8", csv=True)),
        ("*/*, Text/CSV", Form("text/csv; charset=utf-8", csv=True)),
        ("text/csv;q=0.5, application/json; q=0.9, image/png", Form()),
        ("application/octet-stream, */*;q=0.1", Form()),
        (
            "application/vnd.pgrst.plan+json; options=analyze|drop|verbose",
            Form(
                'application/vnd.pgrst.plan+json; for="application/json"; '
                "options=analyze|verbose; charset=utf-8",
                plan="json",
                plan_options=("analyze", "verbose"),
            ),
        ),
    ],
)
def test_the_most_wanted_media_type_that_is_known_is_taken(header: str, form: Form) -> None:
    assert parse_accept(header) == form


def test_an_unknown_media_type_is_not_acceptable() -> None:
    with pytest.raises(RestError) as caught:
        parse_accept("image/png")
    assert (caught.value.status, caught.value.code) == (406, "PGRST107")


@given(st.text(max_size=60))
def test_any_text_is_a_preference_and_an_accept_or_refused(text: str) -> None:
    for error in (refusal(lambda: parse_prefer(text)), refusal(lambda: parse_accept(text))):
        assert error is None or error.status in (400, 406, 501)
