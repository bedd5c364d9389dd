"""The timeline only grows, and tells each start and end of a phase once."""

import psycopg
import pytest

from tests.support.data import Database, refused


@pytest.fixture
def deployment(database: Database) -> str:
    user_id = database.new_user()
    return database.new_deployment(user_id, database.new_model(user_id))


RECORD = "select public.record_event(%s, %s, %s, %s, %s)"


def test_a_phase_that_is_tried_again_leaves_each_of_its_turning_points_once(
    database: Database, deployment: str
) -> None:
    with database.as_service() as connection:
        for status in ("started", "retrying", "started", "retrying", "note", "succeeded", "failed",
                       "succeeded", "failed"):  # fmt: skip
            connection.execute(RECORD, (deployment, "verify", status, status, None))
    told = database.run(
        "select status from public.deployment_events where deployment_id = %s order by id",
        deployment,
    )
    assert [row["status"] for row in told] == [
        "started", "retrying", "retrying", "note", "succeeded", "failed"
    ]  # fmt: skip


def test_an_event_belongs_to_the_deployments_owner(database: Database, deployment: str) -> None:
    with database.as_service() as connection:
        connection.execute(RECORD, (deployment, "verify", "note", "m", "d"))
    owners = database.run(
        """select count(*) as n from public.deployment_events e
             join public.deployments d on d.id = e.deployment_id and d.user_id = e.user_id
            where e.deployment_id = %s""",
        deployment,
    )
    assert owners[0]["n"] == 1


def test_nobody_adds_changes_or_removes_a_line_by_hand(database: Database, deployment: str) -> None:
    with database.as_service() as connection:
        connection.execute(RECORD, (deployment, "verify", "note", "m", None))
        for statement in (
            "insert into public.deployment_events (deployment_id, user_id, phase, status, message)"
            " select deployment_id, user_id, 'x', 'note', 'x' from public.deployment_events",
            "update public.deployment_events set message = 'other'",
            "delete from public.deployment_events",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)


def test_what_does_not_fit_is_refused(database: Database, deployment: str) -> None:
    with database.as_service() as connection:
        for event in (
            ("verify", "begun", "m", None),
            ("", "note", "m", None),
            ("verify", "note", "m" * 4097, None),
            ("verify", "note", "m", "ä" * 8193),
        ):
            with pytest.raises(psycopg.errors.CheckViolation):
                connection.execute(RECORD, (deployment, *event))


def test_an_event_of_a_deployment_that_is_gone_is_refused(database: Database) -> None:
    nobody = "00000000-0000-4000-8000-00000000dead"
    with (
        database.as_service() as connection,
        pytest.raises(psycopg.errors.RaiseException) as failure,
    ):
        connection.execute(RECORD, (nobody, "verify", "started", "m", None))
    assert refused(failure.value) == ("deployment_not_found", {"deployment_id": nobody})
