"""A request becomes one row or one refusal, however often and however concurrently it is made."""

import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from pydantic import ValidationError

from shared.domain.deployment import DeployRequest
from tests.support.data import Database, new_name, refused, request

NOT_STARTED = '{"code": "start_failed", "message": "No orchestration.", "fix": "Try again."}'


@pytest.fixture
def owner(database: Database) -> tuple[str, str]:
    user_id = database.new_user()
    return user_id, database.new_model(user_id)


def rows_of(database: Database, user_id: str) -> int:
    counted = database.run(
        "select count(*) as n from public.deployments where user_id = %s", user_id
    )
    return int(counted[0]["n"])


def many_at_once(database: Database, user_id: str, model_id: str, **same: Any) -> list[str]:
    """Eight requests at once; what became of each."""

    def one(_: int) -> str:
        with database.as_user(user_id) as connection:
            try:
                made = request(connection, model_id, **same)
            except psycopg.errors.RaiseException as failure:
                return refused(failure)[0]
            return "replayed" if made["replayed"] else "made"

    with ThreadPoolExecutor(8) as pool:
        return sorted(pool.map(one, range(8)))


def test_the_same_key_and_body_at_once_make_one_row_that_the_others_get_too(
    database: Database, owner: tuple[str, str]
) -> None:
    outcomes = many_at_once(database, *owner, idempotency_key="k")
    assert outcomes == ["made"] + ["replayed"] * 7
    assert rows_of(database, owner[0]) == 1


def test_the_limit_of_deployments_in_flight_holds_for_requests_made_at_once(
    database: Database, owner: tuple[str, str]
) -> None:
    outcomes = many_at_once(database, *owner)
    assert outcomes == ["made"] * 5 + ["too_many_deploying"] * 3
    assert rows_of(database, owner[0]) == 5


def test_a_key_that_comes_with_another_body_is_refused(
    database: Database, owner: tuple[str, str]
) -> None:
    with database.as_user(owner[0]) as connection:
        first = request(connection, owner[1], idempotency_key="k", body_hash="a")
        again = request(connection, owner[1], idempotency_key="k", body_hash="a")
        assert (first["replayed"], again["replayed"]) == (False, True)
        assert again["deployment"] == first["deployment"]
        with pytest.raises(psycopg.errors.RaiseException) as failure:
            request(connection, owner[1], idempotency_key="k", body_hash="b")
    assert refused(failure.value) == (
        "idempotency_key_reused",
        {"deployment_id": first["deployment"]["id"]},
    )


def test_keys_of_two_users_are_strangers(database: Database, owner: tuple[str, str]) -> None:
    stranger = database.new_user()
    model = database.new_model(stranger)
    with database.as_user(owner[0]) as hers, database.as_user(stranger) as his:
        request(hers, owner[1], idempotency_key="k", body_hash="a")
        assert request(his, model, idempotency_key="k", body_hash="b")["replayed"] is False


def test_a_key_is_forgotten_after_a_day_and_expired_ones_are_removed(
    database: Database, owner: tuple[str, str]
) -> None:
    with database.as_user(owner[0]) as connection:
        request(connection, owner[1], idempotency_key="old", body_hash="a")
        request(connection, owner[1], idempotency_key="older", body_hash="a")
        database.run(
            "update slipway.idempotency_keys set created_at = now() - interval '24 hours 1 second'"
            " where user_id = %s",
            owner[0],
        )
        made = request(connection, owner[1], idempotency_key="old", body_hash="b")
    assert made["replayed"] is False
    left = database.run("select key from slipway.idempotency_keys where user_id = %s", owner[0])
    assert [row["key"] for row in left] == ["old"]


def test_active_deployments_are_limited_together_with_those_on_the_way(
    database: Database, owner: tuple[str, str]
) -> None:
    for _ in range(17):
        database.new_deployment(*owner, status="active")
    with database.as_user(owner[0]) as connection:
        for _ in range(3):
            request(connection, owner[1])
        with pytest.raises(psycopg.errors.RaiseException) as failure:
            request(connection, owner[1])
    assert refused(failure.value) == (
        "too_many_active",
        {"limit": 20, "count": 17, "deploying": 3},
    )


def test_failed_and_deleted_deployments_do_not_count(
    database: Database, owner: tuple[str, str]
) -> None:
    for status in ("failed", "deleted"):
        for _ in range(21):
            database.new_deployment(*owner, status=status)
    with database.as_user(owner[0]) as connection:
        assert request(connection, owner[1])["deployment"]["status"] == "deploying"


def test_only_models_of_ones_own_are_deployed(database: Database, owner: tuple[str, str]) -> None:
    with database.as_user(database.new_user()) as connection:
        for model in (owner[1], str(uuid.uuid4())):
            with pytest.raises(psycopg.errors.RaiseException) as failure:
                request(connection, model)
            assert refused(failure.value) == ("model_not_found", {"model_id": model})


def test_an_id_is_not_taken_over(database: Database, owner: tuple[str, str]) -> None:
    stranger = database.new_user()
    model = database.new_model(stranger)
    with database.as_user(owner[0]) as connection:
        made = request(connection, owner[1])["deployment"]["id"]
    with (
        database.as_user(stranger) as connection,
        pytest.raises(psycopg.errors.RaiseException) as failure,
    ):
        request(connection, model, id=made)
    assert refused(failure.value) == ("deployment_id_taken", {"deployment_id": made})


def test_a_refused_request_leaves_nothing_behind(
    database: Database, owner: tuple[str, str]
) -> None:
    with database.as_user(owner[0]) as connection:
        with pytest.raises(psycopg.errors.CheckViolation):
            request(connection, owner[1], instance_count=11, idempotency_key="k")
        assert request(connection, owner[1], idempotency_key="k")["replayed"] is False


def test_a_token_without_a_user_is_told_to_sign_in(
    database: Database, owner: tuple[str, str]
) -> None:
    for call in ("count_request()", "delete_deployment(gen_random_uuid())"):
        with (
            database.as_role("authenticated") as connection,
            pytest.raises(psycopg.errors.RaiseException) as failure,
        ):
            connection.execute(f"select public.{call}")
        assert refused(failure.value)[0] == "not_signed_in"


def test_deleting_says_what_it_was_once_and_only_to_its_owner(
    database: Database, owner: tuple[str, str]
) -> None:
    made = database.new_deployment(*owner, status="active")
    delete = "select public.delete_deployment(%s) as previous"
    with database.as_user(database.new_user()) as connection:
        with pytest.raises(psycopg.errors.RaiseException) as failure:
            connection.execute(delete, (made,))
        assert refused(failure.value) == ("deployment_not_found", {"deployment_id": made})
    with database.as_user(owner[0]) as connection:
        assert connection.execute(delete, (made,)).fetchone()["previous"] == "active"
        with pytest.raises(psycopg.errors.RaiseException):
            connection.execute(delete, (made,))
    assert rows_of(database, owner[0]) == 1


def test_a_deployment_that_never_began_is_abandoned_by_its_owner_alone(
    database: Database, owner: tuple[str, str]
) -> None:
    made = database.new_deployment(*owner)
    begun = database.new_deployment(*owner)
    with database.as_service() as service:
        service.execute("select public.record_event(%s, 'p', 'started', 'm')", (begun,))
    abandon = f"select public.abandon_deployment(%s, '{NOT_STARTED}')"
    state = "select id, status, error_message as why from public.deployments where id = any(%s)"
    with database.as_user(database.new_user()) as connection:
        connection.execute(abandon, (made,))
    assert {row["status"] for row in database.run(state, [made, begun])} == {"deploying"}
    with database.as_user(owner[0]) as connection:
        for _ in range(2):
            connection.execute(abandon, (made,))
            connection.execute(abandon, (begun,))
    rows = {
        str(row["id"]): (row["status"], row["why"]) for row in database.run(state, [made, begun])
    }
    assert rows == {
        made: ("failed", "start_failed: No orchestration. Try again."),
        begun: ("deploying", None),
    }
    told = database.run(
        "select phase, status from public.deployment_events where deployment_id = %s", made
    )
    assert told == [{"phase": "initiate", "status": "failed"}]


def test_the_key_of_an_abandoned_request_is_free_for_another_try(
    database: Database, owner: tuple[str, str]
) -> None:
    with database.as_user(owner[0]) as connection:
        first = request(connection, owner[1], idempotency_key="k", body_hash="a")
        made = first["deployment"]["id"]
        connection.execute(f"select public.abandon_deployment(%s, '{NOT_STARTED}')", (made,))
        again = request(connection, owner[1], idempotency_key="k", body_hash="a")
    assert again["replayed"] is False
    assert again["deployment"]["id"] != made


def test_a_request_says_which_project_it_belongs_to_and_makes_the_endpoints_name_small(
    database: Database, owner: tuple[str, str]
) -> None:
    [project] = database.run("select id from slipway.project")
    with database.as_user(owner[0]) as connection:
        for replayed in (False, True):
            made = request(
                connection, owner[1], endpoint_name="Iris-Demo", idempotency_key="k", body_hash="a"
            )
            assert made["replayed"] is replayed
            assert made["project"] == str(project["id"])
            assert made["deployment"]["endpoint_name"] == "iris-demo"


def test_the_service_role_sets_the_limits(database: Database, owner: tuple[str, str]) -> None:
    with database.as_service() as service:
        apply = "select public.apply_limits(%s, %s, %s)"
        service.execute(apply, (1, 20, 300))
        try:
            with database.as_user(owner[0]) as connection:
                request(connection, owner[1], endpoint_name=new_name())
                with pytest.raises(psycopg.errors.RaiseException) as failure:
                    request(connection, owner[1])
        finally:
            service.execute(apply, (5, 20, 300))
    assert refused(failure.value) == ("too_many_deploying", {"limit": 1, "count": 1})


VARIABLES = {"LOG_LEVEL": "debug", "GREETING": "Grüß Gott"}


def spec_of(model_id: str, **fields: Any) -> str:
    return json.dumps(
        {
            "model_id": model_id,
            "deployment_name": new_name(),
            "endpoint_name": new_name(),
            "instance_type": "Standard_DS1_v2",
            "instance_count": 1,
            **fields,
        }
    )


def ask(connection: psycopg.Connection[Any], spec: str) -> dict[str, Any]:
    row = connection.execute(
        "select public.request_deployment(%s, %s::jsonb) as made", (str(uuid.uuid4()), spec)
    ).fetchone()
    assert row
    return dict(row["made"])


def test_variables_are_in_the_row_and_in_no_list(
    database: Database, owner: tuple[str, str]
) -> None:
    user_id, model_id = owner
    with database.as_user(user_id) as connection:
        made = ask(connection, spec_of(model_id, environment_variables=VARIABLES))
        page = connection.execute("select public.page_deployments() as page").fetchone()
    assert made["deployment"]["environment_variables"] == VARIABLES
    assert page
    assert "debug" not in json.dumps(page["page"])


def test_a_request_of_an_older_release_has_no_variables(
    database: Database, owner: tuple[str, str]
) -> None:
    user_id, model_id = owner
    with database.as_user(user_id) as connection:
        assert ask(connection, spec_of(model_id))["deployment"]["environment_variables"] is None


@pytest.mark.parametrize(
    "variables",
    [
        {},
        VARIABLES,
        {"WORKER_COUNT": "9"},
        {"azureml_model_dir": "/"},
        {"LD_PRELOAD": "/tmp/x.so"},
        {"PYTHONPATH": "/tmp"},
        {"PYTHONS": "3"},
        {"Path": "/tmp"},
        {"ENVIRONMENT": "test"},
        {"1ST": "a"},
        {"A-B": "a"},
        {"": "a"},
        {"A" * 64: "a"},
        {"A" * 65: "a"},
        {"A": "x" * 2048},
        {"A": "x" * 2049},
        {"A": "é" * 1025},
        {"A": "line\nline"},
        {f"A{n}": "" for n in range(32)},
        {f"A{n}": "" for n in range(33)},
        {f"A{n}": "x" * 2000 for n in range(4)},
        {f"A{n}": "x" * 2047 for n in range(5)},
        {"A": 1},
        {"A": None},
    ],
    ids=lambda variables: (str(variables) + " ")[:24],
)
def test_database_and_app_accept_the_same_variables(
    database: Database, owner: tuple[str, str], variables: dict[str, Any]
) -> None:
    user_id, model_id = owner
    try:
        DeployRequest.model_validate({"model_id": model_id, "environment_variables": variables})
        app = True
    except ValidationError:
        app = False
    with database.as_user(user_id) as connection:
        try:
            ask(connection, spec_of(model_id, environment_variables=variables))
            accepted = True
        except psycopg.errors.CheckViolation:
            accepted = False
    assert accepted is app
