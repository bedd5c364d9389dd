"""What the table of deployments holds to, whoever writes: also the service role."""

from typing import Any

import psycopg
import pytest

from shared.domain.catalogue import CATALOGUE
from shared.domain.naming import is_legal
from shared.domain.status import LEGAL_MOVES, Status
from tests.support.data import Database, new_name, refused

COLUMNS = """
    id user_id model_id deployment_name endpoint_name description instance_type
    instance_count status azure_model_name azure_model_version scoring_uri swagger_uri error_message
    created_at updated_at deployed_at deleted_at error
    environment_variables former_model
    revision recipe release keep_previous_minutes autoscale expires_in_hours on_expiry
    expires_at sleeps_at"""


@pytest.fixture
def owner(database: Database) -> tuple[str, str]:
    user_id = database.new_user()
    return user_id, database.new_model(user_id)


def test_a_deployment_has_its_eighteen_columns_its_failure_its_variables_and_a_model_that_is_gone(
    database: Database,
) -> None:
    found = database.run(
        """select column_name as c from information_schema.columns
            where table_schema = 'public' and table_name = 'deployments'
            order by ordinal_position"""
    )
    assert [row["c"] for row in found] == COLUMNS.split()


@pytest.mark.parametrize("old", Status)
@pytest.mark.parametrize("new", Status)
def test_a_status_moves_only_as_the_lifecycle_says(
    database: Database, owner: tuple[str, str], old: Status, new: Status
) -> None:
    made = database.new_deployment(*owner, status=old)
    with database.as_service() as connection:
        update = "update public.deployments set status = %s where id = %s"
        if new in LEGAL_MOVES[old] or new is old:
            assert connection.execute(update, (new, made)).rowcount == 1
        else:
            with pytest.raises(psycopg.errors.RaiseException) as failure:
                connection.execute(update, (new, made))
            assert refused(failure.value) == ("illegal_move", {"from": old, "to": new})

        moved = connection.execute(
            "select public.move_deployment(%s, %s) as moved",
            (database.new_deployment(*owner, status=old), new),
        )
        assert moved.fetchone()["moved"] is (new in LEGAL_MOVES[old])


def test_moving_sets_the_times_that_belong_to_the_new_status(
    database: Database, owner: tuple[str, str]
) -> None:
    made = database.new_deployment(*owner, created_at="2026-01-01", updated_at="2026-01-01")
    with database.as_service() as connection:
        move = "select public.move_deployment(%s, %s, %s)"
        connection.execute(move, (made, "active", '{"scoring_uri": "https://x"}'))
        row = database.run("select * from public.deployments where id = %s", made)[0]
        assert row["deployed_at"] == row["updated_at"] > row["created_at"]
        assert (row["scoring_uri"], row["swagger_uri"]) == ("https://x", None)
        connection.execute(move, (made, "deleted", "{}"))
        row = database.run("select * from public.deployments where id = %s", made)[0]
        assert row["deleted_at"] == row["updated_at"] > row["deployed_at"]
        assert row["scoring_uri"] == "https://x"


def test_a_move_takes_only_the_fields_that_the_pipeline_finds_out(
    database: Database, owner: tuple[str, str]
) -> None:
    made = database.new_deployment(*owner)
    with (
        database.as_service() as connection,
        pytest.raises(psycopg.errors.RaiseException) as failure,
    ):
        connection.execute(
            "select public.move_deployment(%s, 'active', %s)", (made, '{"user_id": "x"}')
        )
    assert refused(failure.value) == ("unknown_fields", {"fields": ["user_id"]})


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("user_id", "00000000-0000-4000-8000-000000000001"),
        ("model_id", "00000000-0000-4000-8000-000000000001"),
        ("deployment_name", "green"),
        ("created_at", "2020-01-01"),
    ],
)
def test_what_identifies_a_deployment_never_changes(
    database: Database, owner: tuple[str, str], column: str, value: str
) -> None:
    made = database.new_deployment(*owner)
    with (
        database.as_service() as connection,
        pytest.raises(psycopg.errors.RaiseException) as failure,
    ):
        connection.execute(
            f"update public.deployments set {column} = %s where id = %s", (value, made)
        )
    assert refused(failure.value)[0] == "identity_is_fixed"


def test_an_endpoint_is_renamed_only_while_deploying_and_only_to_a_free_name(
    database: Database, owner: tuple[str, str]
) -> None:
    stranger = database.new_user()
    taken, free = new_name(), new_name()
    database.new_deployment(stranger, database.new_model(stranger), endpoint_name=taken)
    made = database.new_deployment(*owner)
    rename = "select public.rename_endpoint(%s, %s)"
    with database.as_service() as connection:
        with pytest.raises(psycopg.errors.RaiseException) as failure:
            connection.execute(rename, (made, taken))
        assert refused(failure.value) == ("endpoint_name_taken", {"name": taken})
        connection.execute(rename, (made, free))
        connection.execute("select public.move_deployment(%s, 'active')", (made,))
        with pytest.raises(psycopg.errors.RaiseException) as failure:
            connection.execute(rename, (made, new_name()))
        assert refused(failure.value)[0] == "deployment_not_found"
        with pytest.raises(psycopg.errors.RaiseException):
            connection.execute(
                "update public.deployments set endpoint_name = %s where id = %s",
                (new_name(), made),
            )
    assert (
        database.run("select endpoint_name as e from public.deployments where id = %s", made)[0][
            "e"
        ]
        == free
    )


@pytest.mark.parametrize(
    "name",
    [
        "abc",
        "a1-b2-c3",
        "A" * 32,
        "ab",
        "A" * 33,
        "1abc",
        "abc-",
        "a--b",
        "a_b",
        "abc\n",
        "äbc",
        "",
    ],
)
@pytest.mark.parametrize("column", ["deployment_name", "endpoint_name"])
def test_names_are_legal_in_the_database_as_in_the_app(
    database: Database, owner: tuple[str, str], column: str, name: str
) -> None:
    if is_legal(name):
        made = database.new_deployment(*owner, **{column: name})
        database.run("delete from public.deployments where id = %s", made)
    else:
        with pytest.raises(psycopg.errors.CheckViolation):
            database.new_deployment(*owner, **{column: name})


@pytest.mark.parametrize(
    ("column", "value"),
    [("instance_count", 0), ("instance_count", 11), ("status", "paused"),
     ("description", "x" * 1001)],
)  # fmt: skip
def test_values_out_of_range_are_refused(
    database: Database, owner: tuple[str, str], column: str, value: Any
) -> None:
    with pytest.raises(psycopg.errors.CheckViolation):
        database.new_deployment(*owner, **{column: value})


def test_exactly_the_catalogue_is_offered(database: Database, owner: tuple[str, str]) -> None:
    for instance_type in CATALOGUE:
        database.new_deployment(*owner, instance_type=instance_type)
    for other in ("Standard_ND96asr_v4", "standard_ds1_v2", "x; y", ""):
        with pytest.raises(psycopg.errors.RaiseException) as caught:
            database.new_deployment(*owner, instance_type=other)
        code, facts = refused(caught.value)
        assert (code, facts["name"]) == ("instance_type_unknown", other)
        assert set(facts["offered"]) == set(CATALOGUE)


def test_nobody_deploys_somebody_elses_model(database: Database, owner: tuple[str, str]) -> None:
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        database.new_deployment(database.new_user(), owner[1])


def test_a_removed_account_takes_its_rows_along(database: Database, owner: tuple[str, str]) -> None:
    made = database.new_deployment(*owner)
    with database.as_service() as connection:
        connection.execute("select public.record_event(%s, 'p', 'started', 'm')", (made,))
    database.run("delete from auth.users where id = %s", owner[0])
    for table, column in (("deployments", "id"), ("deployment_events", "deployment_id")):
        assert not database.run(f"select from public.{table} where {column} = %s", made)
