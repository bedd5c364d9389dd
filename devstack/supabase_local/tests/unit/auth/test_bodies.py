"""What the auth routes accept."""

from datetime import UTC, datetime, timedelta

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


def test_a_ban_lasts_as_long_as_it_says() -> None:
    end = ban_end("1h30m")
    assert end is not None
    assert timedelta(minutes=89) < end - datetime.now(UTC) <= timedelta(minutes=90)
    assert ban_end("none") is None
    for wrong in ("", "soon", "1d", "-1h"):
        with pytest.raises(AuthError):
            ban_end(wrong)
