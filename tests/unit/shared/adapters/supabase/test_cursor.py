from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.adapters.supabase.cursor import Cursor
from shared.errors.requests import InvalidCursor

ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.datetimes(
    datetime(1970, 1, 1),  # noqa: DTZ001
    datetime(2200, 1, 1),  # noqa: DTZ001
    timezones=ZONES,
)


@given(MOMENTS, st.uuids())
def test_a_cursor_comes_back_as_it_went_to_the_microsecond(moment: datetime, row: UUID) -> None:
    cursor = Cursor(moment, row)
    word = cursor.encode()
    assert Cursor.decode(word) == cursor
    assert word.replace("-", "").replace("_", "").isalnum()


@given(st.text(max_size=120))
def test_any_other_word_is_refused(word: str) -> None:
    with pytest.raises(InvalidCursor):
        Cursor.decode(word)


@given(MOMENTS, st.uuids(), st.data())
def test_a_changed_cursor_is_refused_or_still_a_place_in_the_list(
    moment: datetime, row: UUID, data: st.DataObject
) -> None:
    word = Cursor(moment, row).encode()
    at = data.draw(st.integers(0, len(word) - 1))
    changed = word[:at] + data.draw(st.sampled_from("Aa0_-=")) + word[at + 1 :]
    try:
        place = Cursor.decode(changed)
    except InvalidCursor:
        return
    assert place.created_at.tzinfo is not None
    assert place.encode() == changed


def test_padding_and_missing_zones_are_refused() -> None:
    row = UUID("8a9f7a50-0000-4000-8000-000000000000")
    word = Cursor(datetime(2026, 1, 1, tzinfo=UTC), row).encode()
    naive = Cursor(datetime(2026, 1, 1), row).encode()  # noqa: DTZ001
    for changed in (word + "=", word + "\n", "", naive):
        with pytest.raises(InvalidCursor):
            Cursor.decode(changed)
