"""Changing a living deployment: at once in the row, or by an operation and then in the row."""

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.support.data import new_name, refused, request

LOST = {"code": "lost", "message": "m", "fix": "f"}
LIMITS = {"min": 1, "max": 3, "cpu_percent": 70, "scale_in_cooldown_minutes": 10}


@pytest.fixture
def active(database, ada):
    return database.new_deployment(
        ada.id,
        ada.model_id,
        status="active",
        environment_variables=Jsonb({"OLD": "1"}),
        expires_in_hours=24,
        on_expiry="delete",
    )


def update(database, person, deployment_id, **fields):
    with database.as_user(person.id) as connection:
        return connection.execute(
            "select public.update_deployment(%s, %s) as made", (deployment_id, Jsonb(fields))
        ).fetchone()["made"]


def keep(database, deployment_id, **fields):
    with database.as_service() as connection:
        return connection.execute(
            "select public.keep_update(%s, %s) as kept", (deployment_id, Jsonb(fields))
        ).fetchone()["kept"]


def row(database, deployment_id):
    return database.run("select * from public.deployments where id = %s", deployment_id)[0]


def running(database, deployment_id):
    return database.run(
        "select * from public.operations where deployment_id = %s and kind = 'update'",
        deployment_id,
    )


def test_what_only_the_row_holds_changes_at_once(database, ada, active):
    made = update(database, ada, active, description="better", on_expiry="sleep")
    assert made["operation"] is None
    assert made["deployment"]["description"] == "better"
    assert made["deployment"]["on_expiry"] == "sleep"
    assert made["deployment"]["environment_variables"] == {"OLD": "1"}
    assert made["deployment"]["expires_in_hours"] == 24
    assert running(database, active) == []


def test_the_hours_count_from_now_also_when_they_are_the_same_again(database, ada, active):
    database.run("update public.deployments set expires_at = now() where id = %s", active)
    update(database, ada, active, expires_in_hours=24)
    left = database.run(
        "select extract(epoch from expires_at - now()) as s from public.deployments where id = %s",
        active,
    )[0]["s"]
    assert 86_300 < left <= 86_400
    update(database, ada, active, expires_in_hours=None)
    assert row(database, active)["expires_at"] is None
    update(database, ada, active, description=None)
    assert row(database, active)["expires_in_hours"] is None


def test_what_the_cloud_has_is_an_operation_and_the_row_waits_for_it(database, ada, active):
    change = {"instance_count": 2, "autoscale": LIMITS, "environment_variables": {"NEW": "1"}}
    made = update(database, ada, active, **change, description="soon")
    (operation,) = running(database, active)
    assert made["operation"]["input"] == change == operation["input"]
    assert made["operation"]["id"] == str(operation["id"])
    assert made["deployment"]["description"] == "soon"
    found = row(database, active)
    assert (found["instance_count"], found["autoscale"]) == (1, None)
    assert keep(database, active, **change) is True
    found = row(database, active)
    assert (found["instance_count"], found["autoscale"]) == (2, LIMITS)
    assert found["environment_variables"] == {"NEW": "1"}
    assert keep(database, active, autoscale=None) is True
    assert row(database, active)["autoscale"] is None
    assert row(database, active)["instance_count"] == 2


def test_a_second_change_of_the_cloud_waits_and_changes_nothing(database, ada, active):
    update(database, ada, active, instance_count=2)
    with pytest.raises(psycopg.errors.RaiseException) as caught:
        update(database, ada, active, instance_count=3, description="lost")
    assert refused(caught.value)[0] == "operation_running"
    assert row(database, active)["description"] is None
    assert update(database, ada, active, description="kept")["operation"] is None


@pytest.mark.parametrize("status", ["deploying", "asleep", "failed"])
def test_only_an_active_deployment_is_changed_in_the_cloud(database, ada, status):
    found = database.new_deployment(ada.id, ada.model_id, status=status)
    with pytest.raises(psycopg.errors.RaiseException) as caught:
        update(database, ada, found, instance_count=2)
    assert refused(caught.value) == ("not_active", {"status": status})
    assert update(database, ada, found, description="d")["deployment"]["description"] == "d"
    assert keep(database, found, instance_count=2) is False


def test_nobody_changes_what_is_anothers_or_deleted(database, ada, bob, active):
    gone = database.new_deployment(ada.id, ada.model_id, status="deleted")
    for person, found, fields in (
        (bob, active, {"description": "x"}),
        (bob, active, {"instance_count": 2}),
        (ada, gone, {"description": "x"}),
        (ada, gone, {"instance_count": 2}),
    ):
        with pytest.raises(psycopg.errors.RaiseException) as caught:
            update(database, person, found, **fields)
        assert refused(caught.value)[0] == "deployment_not_found"


@pytest.mark.parametrize("field", ["status", "user_id", "instance_type", "scoring_uri", "recipe"])
def test_no_other_field_can_be_changed(database, ada, active, field):
    with pytest.raises(psycopg.errors.RaiseException) as caught:
        update(database, ada, active, **{field: "x"})
    assert refused(caught.value)[0] == "unknown_fields"
    with pytest.raises(psycopg.errors.RaiseException):
        keep(database, active, **{field: "x"})


@pytest.mark.parametrize(
    "autoscale",
    [
        {**LIMITS, "max": 11},
        {**LIMITS, "min": 0},
        {**LIMITS, "min": 3, "max": 2},
        {**LIMITS, "min": 2},
        {**LIMITS, "cpu_percent": 5},
        {**LIMITS, "scale_in_cooldown_minutes": 0},
        {**LIMITS, "max": "3"},
        {**LIMITS, "max": 2.5},
        {**LIMITS, "more": 1},
        {"min": 1},
        [],
        "x",
    ],
    ids=str,
)
def test_the_database_takes_no_autoscale_that_the_app_would_not(database, ada, active, autoscale):
    with pytest.raises(psycopg.errors.CheckViolation):
        keep(database, active, autoscale=autoscale)
    with database.as_user(ada.id) as connection, pytest.raises(psycopg.errors.CheckViolation):
        request(connection, ada.model_id, endpoint_name=new_name(), autoscale=autoscale)


def test_a_request_with_autoscale_is_taken_with_a_count_between_its_limits(database, ada):
    with database.as_user(ada.id) as connection:
        made = request(connection, ada.model_id, autoscale={**LIMITS, "min": 2}, instance_count=2)
        assert made["deployment"]["autoscale"]["min"] == 2
        request(connection, ada.model_id, autoscale=None)


def test_illegal_variables_do_not_come_in_by_an_update(database, active):
    with pytest.raises(psycopg.errors.CheckViolation):
        keep(database, active, environment_variables={"PATH": "/"})


def test_an_update_that_could_not_be_started_is_given_up(database, ada, active):
    made = update(database, ada, active, instance_count=2)
    error = {"code": "start_failed", "message": "m", "fix": "f"}
    with database.as_user(ada.id) as connection:
        connection.execute(
            "select public.abandon_operation(%s, %s)", (made["operation"]["id"], Jsonb(error))
        )
    (operation,) = running(database, active)
    assert (operation["status"], operation["error"]["code"]) == ("failed", "start_failed")
    assert row(database, active)["status"] == "active"
    assert update(database, ada, active, instance_count=3)["operation"]


def undo(database, operation_id):
    with database.as_service() as connection:
        return connection.execute(
            "select * from public.undo_update(%s, %s)", (operation_id, Jsonb(LOST))
        ).fetchall()


def begin(database, active, operation_id):
    with database.as_service() as connection:
        connection.execute(
            "select public.record_event(%s, 'change_variables', 'started', '.', null, null, %s)",
            (active, operation_id),
        )


def test_an_update_that_was_lost_ends_and_one_to_what_the_row_says_begins(database, ada, active):
    change = {"environment_variables": {"NEW": "1"}, "autoscale": LIMITS}
    lost = update(database, ada, active, **change)["operation"]["id"]
    begin(database, active, lost)
    (undoing,) = undo(database, lost)
    assert undoing["input"] == {"environment_variables": {"OLD": "1"}, "autoscale": None}
    assert (str(undoing["parent_id"]), undoing["requested_by"]) == (lost, None)
    found = {str(each["id"]): each["status"] for each in running(database, active)}
    assert found == {lost: "failed", str(undoing["id"]): "running"}
    assert undo(database, lost) == [], "it has ended"
    begin(database, active, undoing["id"])
    assert undo(database, undoing["id"]) == [], "it is not tried for ever"
    assert {each["status"] for each in running(database, active)} == {"failed"}


def test_an_update_that_never_began_or_whose_deployment_has_gone_just_ends(database, ada, active):
    never = update(database, ada, active, instance_count=2)["operation"]["id"]
    assert undo(database, never) == []
    gone = update(database, ada, active, instance_count=2)["operation"]["id"]
    begin(database, active, gone)
    database.run("update public.deployments set status = 'deleted' where id = %s", active)
    assert undo(database, gone) == []
    assert {each["status"] for each in running(database, active)} == {"failed"}
