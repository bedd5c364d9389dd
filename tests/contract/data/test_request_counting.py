"""Requests a minute, counted in the database: a sliding minute, the same for all instances."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import psycopg
import pytest

from tests.support.data import Connection, Database, Person, Project, refused

LIMIT = 300
ABSENT = "7f9c2ba4-e88f-427d-81e0-ad2d67e0a7a1"


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


CALLS = {
    "page_deployments": "select public.page_deployments()",
    "list_models": "select public.list_models()",
    "my_limits": "select public.my_limits()",
    "request_deletion": f"select public.request_deletion('{ABSENT}')",
    "delete_deployment": f"select public.delete_deployment('{ABSENT}')",
    "request_operation": f"select public.request_operation('{ABSENT}', 'rotate_keys')",
    "request_deployment": f"select public.request_deployment('{ABSENT}', '{{}}')",
    "register_model": "select public.register_model('m', 'nowhere')",
    "rename_model": f"select public.rename_model('{ABSENT}', 'm')",
    "remove_model": f"select public.remove_model('{ABSENT}')",
    "count_call": "select public.count_call()",
    "request_change": f"select public.request_change('sleep', '{ABSENT}')",
    "list_endpoints": "select public.list_endpoints()",
    "endpoint_detail": "select public.endpoint_detail('nowhere')",
    "update_deployment": f"select public.update_deployment('{ABSENT}', '{{}}')",
    "estimate_facts": f"select public.estimate_facts('{ABSENT}')",
    "save_template": "select public.save_template('t', '{}')",
    "remove_template": f"select public.remove_template('{ABSENT}')",
    "request_batch": f"select public.request_batch('{ABSENT}', '[]', 1, 'stop')",
    "batch_detail": f"select public.batch_detail('{ABSENT}')",
    "cancel_batch": f"select public.cancel_batch('{ABSENT}', '{{}}')",
}
CLEANS_UP = {
    "abandon_deployment": f"select public.abandon_deployment('{ABSENT}', '{{}}')",
    "abandon_operation": f"select public.abandon_operation('{ABSENT}', '{{}}')",
    "abandon_batch": f"select public.abandon_batch('{ABSENT}', '{{}}')",
}


def test_every_function_that_users_may_call_is_counted(database: Database) -> None:
    granted = database.run(
        """select p.proname as name from pg_proc p
            where p.pronamespace = 'public'::regnamespace
              and has_function_privilege('authenticated', p.oid, 'execute')
              and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')"""
    )
    assert {row["name"] for row in granted} == {
        *CALLS, *CLEANS_UP, "count_request", "before_request",
    }  # fmt: skip


@pytest.mark.parametrize("name", CALLS)
def test_a_direct_call_beyond_the_limit_is_refused(
    database: Database, user: str, name: str
) -> None:
    with database.as_user(user) as connection:
        set_counts(database, user, LIMIT * 2, LIMIT * 2)
        with pytest.raises(psycopg.errors.RaiseException) as failure:
            connection.execute(CALLS[name])
    assert refused(failure.value)[0] == "too_many_requests"


@pytest.mark.parametrize("name", CLEANS_UP)
def test_what_cleans_up_is_counted_and_not_refused(
    database: Database, user: str, name: str
) -> None:
    with database.as_user(user) as connection:
        set_counts(database, user, LIMIT * 2, LIMIT * 2)
        connection.execute(CLEANS_UP[name])
    assert counted(database, user)["requests"] in (LIMIT * 2 + 1, 1), "1: a minute went by"


def test_a_request_of_the_api_pays_for_one_call_and_twenty_stand_unused_at_most(
    database: Database, user: str
) -> None:
    with database.as_user(user) as connection:
        for _ in range(30):
            count(connection)
        assert counted(database, user)["paid"] == 20
        before = counted(database, user)
        for _ in range(20):
            connection.execute(CALLS["my_limits"])
        after = counted(database, user)
        assert (after["paid"], after["requests"]) == (0, before["requests"])
        connection.execute(CALLS["my_limits"])
        again = counted(database, user)
        assert again["requests"] in (before["requests"] + 1, 1), "1: a minute went by"


def test_a_write_to_a_table_is_counted_and_a_read_cannot_be(
    project: Project, database: Database, ada: Person
) -> None:
    headers = {"apikey": project.facts["publishable_key"], "Authorization": f"Bearer {ada.token}"}
    path, renamed = f"rest/v1/trained_models?id=eq.{ada.model_id}", {"model_name": "renamed"}
    with httpx.Client(base_url=project.url, headers=headers) as client:
        set_counts(database, ada.id, 0, 0)
        assert client.patch(path, json=renamed).status_code == 204
        assert client.post("rest/v1/rpc/my_limits").status_code == 200
        assert counted(database, ada.id)["requests"] == 2
        set_counts(database, ada.id, LIMIT * 2, LIMIT * 2)
        refusal = client.patch(path, json=renamed)
        assert (refusal.status_code, refusal.json()["message"]) == (400, "too_many_requests")
        assert client.get(path).status_code == 200
