"""An endpoint's name belongs to one user at a time; the database decides who."""

import threading
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from tests.support.data import Database, new_name, refused, request


@pytest.fixture
def rivals(database: Database) -> list[tuple[str, str]]:
    users = [database.new_user() for _ in range(2)]
    return [(user, database.new_model(user)) for user in users]


def test_of_two_users_who_want_a_name_at_once_exactly_one_gets_it(
    database: Database, rivals: list[tuple[str, str]]
) -> None:
    together = threading.Barrier(2, timeout=10)

    def claim(rival: tuple[str, str], name: str) -> str:
        with database.as_user(rival[0]) as connection:
            together.wait()
            try:
                request(connection, rival[1], endpoint_name=name)
            except psycopg.errors.RaiseException as failure:
                return refused(failure)[0]
            return "won"

    for _ in range(5):
        with ThreadPoolExecutor(2) as pool:
            outcomes = pool.map(claim, rivals, [new_name()] * 2)
            assert sorted(outcomes) == ["endpoint_name_taken", "won"]


def test_the_table_itself_refuses_a_second_owner(
    database: Database, rivals: list[tuple[str, str]]
) -> None:
    name = new_name()
    database.new_deployment(*rivals[0], endpoint_name=name)
    with pytest.raises(psycopg.errors.ExclusionViolation):
        database.new_deployment(*rivals[1], endpoint_name=name.upper())


@pytest.mark.parametrize("status", ["deploying", "active", "failed"])
def test_a_name_is_kept_by_every_deployment_that_is_not_deleted(
    database: Database, rivals: list[tuple[str, str]], status: str
) -> None:
    (ada, ada_model), (bob, bob_model) = rivals
    name = new_name("Kept")
    first = database.new_deployment(ada, ada_model, endpoint_name=name, status=status)
    second = database.new_deployment(
        ada, ada_model, endpoint_name=name, deployment_name="green", status=status
    )
    with database.as_user(bob) as connection:
        for wanted in (name, name.lower(), name.upper()):
            with pytest.raises(psycopg.errors.RaiseException) as failure:
                request(connection, bob_model, endpoint_name=wanted)
            assert refused(failure.value) == ("endpoint_name_taken", {"name": wanted})
        with database.as_user(ada) as hers:
            hers.execute("select public.delete_deployment(%s)", (first,))
            with pytest.raises(psycopg.errors.RaiseException):
                request(connection, bob_model, endpoint_name=name)
            hers.execute("select public.delete_deployment(%s)", (second,))
        request(connection, bob_model, endpoint_name=name)


def test_a_user_has_one_living_deployment_of_a_name_on_an_endpoint(
    database: Database, rivals: list[tuple[str, str]]
) -> None:
    (ada, model), _ = rivals
    name = new_name()
    with database.as_user(ada) as connection:
        first = request(connection, model, endpoint_name=name)["deployment"]["id"]
        with pytest.raises(psycopg.errors.RaiseException) as failure:
            request(connection, model, endpoint_name=name, deployment_name="BLUE")
        assert refused(failure.value) == (
            "deployment_name_taken",
            {"name": "BLUE", "endpoint_name": name},
        )
        request(connection, model, endpoint_name=name, deployment_name="green")
        with database.as_service() as service:
            service.execute("select public.move_deployment(%s, 'failed')", (first,))
            living = service.execute("select * from public.living_on_endpoint(%s)", (name.upper(),))
            assert [row["deployment_name"] for row in living.fetchall()] == ["green"]
        request(connection, model, endpoint_name=name)
