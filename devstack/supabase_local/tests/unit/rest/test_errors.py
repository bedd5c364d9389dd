"""Which status a SQLSTATE gets."""

import pytest

from devstack.supabase_local.rest.errors import status_of_sqlstate


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("23505", 409),
        ("23503", 409),
        ("23502", 400),
        ("23514", 400),
        ("22P02", 400),
        ("P0001", 400),
        ("42883", 404),
        ("42P01", 404),
        ("42703", 400),
        ("57014", 500),
        ("53300", 503),
        ("54001", 500),
        ("PT402", 402),
        ("PT999", 500),
        ("25006", 405),
    ],
)
def test_a_sqlstate_has_its_status(code: str, status: int) -> None:
    assert status_of_sqlstate(code, "", anonymous=False) == status


def test_a_missing_right_depends_on_who_asks() -> None:
    assert status_of_sqlstate("42501", "", anonymous=True) == 401
    assert status_of_sqlstate("42501", "", anonymous=False) == 403


def test_a_missing_where_is_the_clients_fault_and_other_cardinalities_are_not() -> None:
    assert status_of_sqlstate("21000", "UPDATE requires a WHERE clause", anonymous=False) == 400
    assert status_of_sqlstate("21000", "more than one row", anonymous=False) == 500
