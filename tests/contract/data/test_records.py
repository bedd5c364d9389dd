"""Port Records: the pipeline's and the sweeper's view, with the secret key."""

import uuid
from datetime import UTC, datetime

import pytest

from shared.adapters.supabase.records import PAGE, SupabaseRecords
from shared.domain.deployment import Limits
from shared.domain.failure import Failure
from shared.domain.status import Status
from shared.domain.timeline import Event
from shared.errors import Conflict, ModelRefused, NotFound
from tests.support.data import Database, Project, new_name, request


@pytest.fixture(scope="module")
def records(project: Project) -> SupabaseRecords:
    return SupabaseRecords(project.settings)


@pytest.fixture
def owner(database: Database) -> tuple[str, str]:
    user_id = database.new_user()
    return user_id, database.new_model(user_id)


def test_a_row_is_found_whoever_owns_it_and_whatever_its_status(
    records: SupabaseRecords, database: Database, owner: tuple[str, str]
) -> None:
    for status in Status:
        made = database.new_deployment(*owner, status=status)
        row = records.deployment(made)
        assert row is not None
        assert (row.user_id, row.status) == (owner[0], status)
    assert records.deployment(str(uuid.uuid4())) is None


def test_a_move_carries_its_columns_and_happens_once(
    records: SupabaseRecords, database: Database, owner: tuple[str, str]
) -> None:
    made = database.new_deployment(*owner)
    moment = datetime(2026, 5, 6, 7, 8, 9, tzinfo=UTC)
    assert records.move(made, Status.ACTIVE, scoring_uri="https://a", deployed_at=moment)
    assert not records.move(made, Status.ACTIVE, scoring_uri="https://b")
    row = records.deployment(made)
    assert row is not None
    assert (row.status, row.scoring_uri, row.deployed_at) == (Status.ACTIVE, "https://a", moment)
    assert not records.move(str(uuid.uuid4()), Status.ACTIVE)


def test_a_reason_with_bytes_that_no_column_takes_is_kept_without_them(
    records: SupabaseRecords, database: Database, owner: tuple[str, str]
) -> None:
    made = database.new_deployment(*owner)
    crash = Failure(code="crashed", message="It crashed: \x00\ud800" + "é" * 9000, fix="Retry.")
    assert records.move(made, Status.FAILED, failure=crash)
    row = records.deployment(made)
    assert row is not None
    assert row.error_message is not None
    assert row.error_message.startswith("crashed: It crashed: ?é")
    assert row.error is not None
    assert row.error.message.startswith("It crashed: ?é")


def test_the_timeline_keeps_a_logs_tail_and_each_turning_point_once(
    records: SupabaseRecords, database: Database, owner: tuple[str, str]
) -> None:
    made = database.new_deployment(*owner)
    log = "é" * 20_000 + "the end\x00"
    for _ in range(2):
        records.record(
            Event(deployment_id=made, phase="p", status="failed", message="m" * 9999, detail=log)
        )
    events = database.run("select * from public.deployment_events where deployment_id = %s", made)
    assert len(events) == 1
    assert events[0]["detail"].endswith("éthe end")
    assert 16_000 < len(events[0]["detail"].encode()) <= 16_384


def test_an_event_of_a_deployment_whose_account_is_gone_does_not_stop_the_clean_up(
    records: SupabaseRecords,
) -> None:
    records.record(Event(deployment_id=str(uuid.uuid4()), phase="p", status="started", message="m"))


def test_a_model_is_found_only_together_with_its_owner(
    records: SupabaseRecords, database: Database, owner: tuple[str, str]
) -> None:
    model = records.trained_model(owner[1], owner[0])
    assert (model.model_name, model.metadata) == ("Iris classifier", {})
    with pytest.raises(NotFound) as missing:
        records.trained_model(owner[1], database.new_user())
    assert missing.value.code == "model_not_found"


def test_a_row_that_names_somebody_elses_file_is_refused(
    records: SupabaseRecords, database: Database, owner: tuple[str, str]
) -> None:
    """As in a project whose own table of models does not check paths."""
    database.run("alter table public.trained_models drop constraint trained_models_own_file")
    try:
        for path in (f"{database.new_user()}/m", f"{owner[0]}/../x/m", f"x/{owner[0]}/m", ""):
            database.run(
                "update public.trained_models set file_path = %s where id = %s", path, owner[1]
            )
            with pytest.raises(ModelRefused) as refused:
                records.trained_model(owner[1], owner[0])
            assert refused.value.code == "model_file_foreign"
    finally:
        database.run("delete from public.trained_models where id = %s", owner[1])
        database.run(
            """alter table public.trained_models add constraint trained_models_own_file
                 check (slipway.is_own_file(file_path, user_id))"""
        )


def test_what_is_deploying_is_found_and_whether_it_has_begun(
    records: SupabaseRecords, database: Database, owner: tuple[str, str]
) -> None:
    deploying = [database.new_deployment(*owner) for _ in range(3)]
    others = {database.new_deployment(*owner, status=status) for status in ("active", "failed")}
    found = {row.id for row in records.deploying()}
    assert set(deploying) <= found
    assert found.isdisjoint(others)
    with database.as_user(owner[0]) as connection:
        begun, waiting = (request(connection, owner[1])["deployment"]["id"] for _ in range(2))
    begin = Event(deployment_id=begun, operation_id=begun, phase="p", status="started", message="m")
    records.record(begin)
    assert [records.has_begun(each) for each in (begun, waiting)] == [True, False]


def test_the_project_has_an_id_that_stays(records: SupabaseRecords) -> None:
    assert uuid.UUID(records.project())
    assert records.project() == records.project()


def test_more_active_deployments_than_fit_a_page_are_all_found_once(
    records: SupabaseRecords, database: Database, owner: tuple[str, str]
) -> None:
    database.run(
        """insert into public.deployments
             (user_id, model_id, deployment_name, endpoint_name, status)
           select %s, %s, 'd-' || i, 'many-' || i, 'active' from generate_series(1, %s) i""",
        *owner,
        2 * PAGE + 1,
    )
    found = [row.id for row in records.active()]
    mine = database.run("select id from public.deployments where user_id = %s", owner[0])
    database.run("delete from public.deployments where user_id = %s", owner[0])
    assert {str(row["id"]) for row in mine} <= set(found)
    assert len(found) == len(set(found))


def test_living_takes_any_number_of_ids(
    records: SupabaseRecords, database: Database, owner: tuple[str, str]
) -> None:
    made, ended = (database.new_deployment(*owner, status=s) for s in ("active", "failed"))
    assert records.living([made, ended]) == {made}
    assert records.living([*(str(uuid.uuid4()) for _ in range(450)), made]) == {made}
    assert records.living([]) == set()


def test_others_on_an_endpoint_are_the_living_ones_newest_first(
    records: SupabaseRecords, database: Database, owner: tuple[str, str]
) -> None:
    name = new_name("Shared")
    rows = [
        database.new_deployment(
            *owner, endpoint_name=name, deployment_name=f"d{number}-x", status=status,
            created_at=datetime(2026, 1, 1 + number, tzinfo=UTC),
        )
        for number, status in enumerate(("active", "failed", "deleted", "active", "deploying"))
    ]  # fmt: skip
    found = records.others_on(name.lower(), rows[4])
    assert [row.id for row in found] == [rows[3], rows[0]]


def test_an_endpoint_in_flight_gets_another_name_unless_it_is_taken(
    records: SupabaseRecords, database: Database, owner: tuple[str, str]
) -> None:
    stranger = database.new_user()
    taken = new_name()
    database.new_deployment(stranger, database.new_model(stranger), endpoint_name=taken)
    made = database.new_deployment(*owner)
    with pytest.raises(Conflict) as conflict:
        records.rename_endpoint(made, taken)
    assert conflict.value.code == "endpoint_name_taken"
    free = new_name()
    records.rename_endpoint(made, free)
    row = records.deployment(made)
    assert row is not None
    assert row.endpoint_name == free


def test_limits_are_kept_in_the_database(records: SupabaseRecords, database: Database) -> None:
    before = database.run("select * from slipway.deployment_limits")
    try:
        wanted = {"max_deploying": 7, "max_active": 8, "max_requests_per_minute": 9}
        records.apply_limits(Limits(**wanted, allow_anonymous=True))
        changed = database.run("select * from slipway.deployment_limits")
    finally:
        records.apply_limits(Limits.model_validate(before[0]))
    assert changed == [{"singleton": True, **wanted, "allow_anonymous": True}]
    assert database.run("select * from slipway.deployment_limits") == before
