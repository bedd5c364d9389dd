"""Requests a minute, counted in the database: a sliding minute, the same for all instances."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest

from tests.support.data import Connection, Database, refused

LIMIT = 300


@pytest.fixture
def user(database: Database) -> str:
    return database.new_user()


def set_counts(database: Database, user: str, now: int, before: int, age: str = "0") -> None:
    database.run(
        """insert into slipway.request_counts values
             (%s, date_trunc('minute', now()) - %s::interval, %s, %s)
           on conflict (user_id) do update set minute = excluded.minute,
             requests = excluded.requests, requests_before = excluded.requests_before""",
        user,
        f"{age} minutes",
        now,
        before,
    )


def count(connection: Connection) -> dict[str, Any] | None:
    """What the refusal says; None when the request may pass."""
    try:
        connection.execute("select public.count_request()")
    except psycopg.errors.RaiseException as failure:
        code, facts = refused(failure)
        assert code == "too_many_requests"
        return facts
    return None


def counted(database: Database, user: str) -> dict[str, Any]:
    return database.run("select * from slipway.request_counts where user_id = %s", user)[0]


def test_the_limit_is_reached_exactly_by_requests_made_at_once(
    database: Database, user: str
) -> None:
    set_counts(database, user, LIMIT - 20, 0)

    def hammer(_: int) -> int:
        with database.as_user(user) as connection:
            return sum(count(connection) is None for _ in range(10))

    with ThreadPoolExecutor(4) as pool:
        passed = sum(pool.map(hammer, range(4)))
    assert passed == 20 or counted(database, user)["requests_before"], "a minute went by"


def test_a_refusal_names_the_limit_and_a_wait_after_which_it_is_right(
    database: Database, user: str
) -> None:
    with database.as_user(user) as connection:
        set_counts(database, user, LIMIT, 0)
        facts = count(connection)
        if facts is None:  # a minute has just ended
            set_counts(database, user, LIMIT, 0)
            facts = count(connection)
        assert facts is not None
        assert facts["limit"] == LIMIT
        assert 1 <= facts["retry_after"] <= 62
        assert counted(database, user)["requests"] == LIMIT, "a refused request does not count"


def test_the_last_minute_fades_while_this_one_goes_on(database: Database, user: str) -> None:
    with database.as_user(user) as connection:
        set_counts(database, user, LIMIT, 0, age="1")
        refused_once = count(connection)
        if refused_once is not None:
            assert refused_once["retry_after"] <= 61
        set_counts(database, user, LIMIT, LIMIT, age="2")
        assert count(connection) is None
        assert counted(database, user)["requests_before"] == 0


def test_users_do_not_use_up_each_others_requests(database: Database, user: str) -> None:
    set_counts(database, user, LIMIT * 2, LIMIT * 2)
    with database.as_user(user) as hers, database.as_user(database.new_user()) as his:
        assert count(hers) is not None
        assert count(his) is None
