from hypothesis import given
from hypothesis import strategies as st

from shared.adapters.supabase.text import storable

ANY_TEXT = st.text(st.characters(exclude_categories=[]))


@given(ANY_TEXT, st.integers(1, 64), st.booleans())
def test_what_is_stored_fits_and_can_be_encoded(text: str, size: int, keep_end: bool) -> None:
    stored = storable(text, size, keep_end=keep_end)
    assert len(stored.encode()) <= size
    assert "\x00" not in stored


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=16))
def test_text_that_fits_stays_as_it_is(text: str) -> None:
    assert storable(text, 64) == text


def test_a_log_keeps_its_tail_and_a_message_its_beginning() -> None:
    assert storable("begin-é-end", 5, keep_end=True) == "-end"[-5:]
    assert storable("begin-é-end", 7) == "begin-"
