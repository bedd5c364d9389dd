"""What the auth routes accept."""

from datetime import UTC, datetime

import pytest

from devstack.supabase_local.auth.bodies import ban_end, checked_email
from devstack.supabase_local.auth.errors import AuthError


@pytest.mark.parametrize(
    "email", [None, "", "a", "a@", "@b", "a b@c", "a@b@c", "a\0@b.c", "a" * 65 + "@b.c"]
)
def test_what_is_no_address_is_refused(email: str | None) -> None:
    with pytest.raises(AuthError) as caught:
        checked_email(email)
    assert caught.value.error_code == "validation_failed"


@pytest.mark.parametrize(
    ("duration", "seconds"),
    [("1h30m", 5400), ("1.5h", 5400), (".5h1ms", 1800.001), ("+90s", 90), ("-1h", -3600)],
)
def test_a_ban_lasts_as_long_as_it_says(duration: str, seconds: float) -> None:
    end = ban_end(duration)
    assert end is not None
    late = seconds - (end - datetime.now(UTC)).total_seconds()
    assert 0 <= late < 60


@pytest.mark.parametrize("nothing", ["none", "0", "0h", "-0s"])
def test_a_ban_of_no_length_is_lifted(nothing: str) -> None:
    assert ban_end(nothing) is None


@pytest.mark.parametrize(
    "wrong", ["", "soon", "1d", "1", "h", ".h", "1 h", "٣h", "99999999h", "9" * 99 + "h"]
)
def test_what_is_no_duration_is_refused(wrong: str) -> None:
    with pytest.raises(AuthError):
        ban_end(wrong)
