"""One suite, two implementations of Records: the rows in memory, and Supabase's."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from shared.adapters.supabase.records import SupabaseRecords
from shared.domain.deployment import Limits
from shared.domain.failure import Failure
from shared.domain.operation import OperationKind, OperationStatus
from shared.domain.status import Status
from shared.domain.timeline import Event
from shared.domain.trained_model import Scan
from shared.errors.models import ForeignFile
from shared.errors.requests import Conflict, DeploymentNotFound, InvalidRequest, ModelNotFound
from shared.errors.waiting import SupabaseMisconfigured
from tests.support.data import Project, new_name
from tests.support.records_world import Memory, PostgreSQL, RecordsWorld

pytestmark = pytest.mark.contract
Owner = tuple[str, str]
CRASHED = Failure(code="crashed", message="It crashed.", fix="Retry.")


@pytest.fixture(params=["memory", "postgresql"])
def world(request: pytest.FixtureRequest) -> Iterator[RecordsWorld]:
    if request.param == "memory":
        yield Memory()
        return
    project: Project = request.getfixturevalue("project")
    yield PostgreSQL(SupabaseRecords(project.settings), project.database)


@pytest.fixture
def owner(world: RecordsWorld) -> Owner:
    return world.new_user()


def event(deployment_id: str, status: str = "started", **fields: object) -> Event:
    told = {"deployment_id": deployment_id, "phase": "p", "status": status, "message": "m"}
    return Event.model_validate({**told, **fields})


def test_a_row_is_found_whoever_owns_it_and_whatever_its_status(
    world: RecordsWorld, owner: Owner
) -> None:
    for status in Status:
        made = world.new_deployment(*owner, status=status)
        row = world.records.deployment(made)
        assert row is not None
        assert (row.user_id, row.status) == (owner[0], status)
    assert world.records.deployment(str(uuid.uuid4())) is None
    with pytest.raises(InvalidRequest, match="uuid"):
        world.records.deployment("")


def test_a_move_carries_its_columns_and_happens_once(world: RecordsWorld, owner: Owner) -> None:
    made = world.new_deployment(*owner)
    moment = datetime(2026, 5, 6, 7, 8, 9, tzinfo=UTC)
    move = world.records.move
    assert move(made, Status.ACTIVE, scoring_uri="https://a", deployed_at=moment)
    assert not move(made, Status.ACTIVE, scoring_uri="https://b")
    row = world.records.deployment(made)
    assert row is not None
    assert (row.status, row.scoring_uri, row.deployed_at) == (Status.ACTIVE, "https://a", moment)
    assert not move(str(uuid.uuid4()), Status.ACTIVE)


@pytest.mark.parametrize("old", Status)
@pytest.mark.parametrize("new", Status)
def test_only_legal_moves_happen(
    world: RecordsWorld, owner: Owner, old: Status, new: Status
) -> None:
    legal = {
        *((Status.DEPLOYING, to) for to in Status if to is not Status.DEPLOYING),
        *((Status.ACTIVE, to) for to in (Status.ASLEEP, Status.FAILED, Status.DELETED)),
        *((Status.ASLEEP, to) for to in (Status.DEPLOYING, Status.DELETED)),
        (Status.FAILED, Status.DELETED),
    }
    made = world.new_deployment(*owner, status=old)
    assert world.records.move(made, new) is ((old, new) in legal)
    row = world.records.deployment(made)
    assert row is not None
    assert row.status == (new if (old, new) in legal else old)
    assert (row.deleted_at is not None) == (row.status is Status.DELETED)
    if (old, row.status) == (Status.DEPLOYING, Status.ACTIVE):
        assert row.deployed_at is not None


def test_a_move_takes_no_column_that_is_not_its_own(world: RecordsWorld, owner: Owner) -> None:
    made = world.new_deployment(*owner)
    with pytest.raises(SupabaseMisconfigured):
        world.records.move(made, Status.ACTIVE, user_id=str(uuid.uuid4()))
    row = world.records.deployment(made)
    assert row is not None
    assert (row.user_id, row.status) == (owner[0], Status.DEPLOYING)


@pytest.mark.parametrize(
    ("to", "ends", "code"),
    [
        (Status.ACTIVE, OperationStatus.SUCCEEDED, None),
        (Status.FAILED, OperationStatus.FAILED, "crashed"),
        (Status.DELETED, OperationStatus.FAILED, "cancelled"),
    ],
)
def test_the_operation_of_a_deployment_ends_with_it(
    world: RecordsWorld, owner: Owner, to: Status, ends: OperationStatus, code: str | None
) -> None:
    made = world.new_deployment(*owner)
    assert world.operation(made).status is OperationStatus.RUNNING
    world.records.move(made, to, failure=CRASHED if to is Status.FAILED else None)
    ended = world.operation(made)
    assert (ended.status, ended.error.code if ended.error else None) == (ends, code)
    assert ended.ended_at is not None


def test_a_reason_with_bytes_that_no_column_takes_is_kept_without_them(
    world: RecordsWorld, owner: Owner
) -> None:
    made = world.new_deployment(*owner)
    crash = Failure(code="crashed", message="It crashed: \x00\ud800" + "é" * 9000, fix="Retry.")
    assert world.records.move(made, Status.FAILED, failure=crash)
    row = world.records.deployment(made)
    assert row is not None
    assert row.error_message is not None
    assert row.error_message.startswith("crashed: It crashed: ?é")
    assert row.error is not None
    assert row.error.message.startswith("It crashed: ?é")
    assert len(row.error.message.encode()) <= 4096


def test_the_timeline_keeps_a_logs_tail_and_each_turning_point_once(
    world: RecordsWorld, owner: Owner
) -> None:
    made = world.new_deployment(*owner)
    log = "é" * 20_000 + "the end\x00"
    for _ in range(2):
        world.records.record(event(made, "failed", message="m" * 9999, detail=log, error=CRASHED))
    [kept] = world.timeline(made)
    assert kept.detail is not None
    assert kept.detail.endswith("éthe end")
    assert 16_000 < len(kept.detail.encode()) <= 16_384
    assert (kept.error, len(kept.message), kept.at is None) == (CRASHED, 4096, False)


def test_what_is_one_turning_point_and_what_are_two(world: RecordsWorld, owner: Owner) -> None:
    made = world.new_deployment(*owner)
    told = [
        event(made),
        event(made, operation_id=made),  # The deployment's own operation has its id.
        event(made, message="other"),
        event(made, phase="q"),
        event(made, "succeeded"),
        *(event(made, "retrying") for _ in range(2)),
        *(event(made, "note") for _ in range(2)),
    ]
    for each in told:
        world.records.record(each)
    kept = [(each.phase, each.status, each.message) for each in world.timeline(made)]
    assert kept == [
        *[("p", "started", "m"), ("p", "started", "other"), ("q", "started", "m")],
        *[("p", "succeeded", "m"), *[("p", "retrying", "m")] * 2, *[("p", "note", "m")] * 2],
    ]


def test_an_event_of_an_operation_that_nobody_knows_is_the_deployments(
    world: RecordsWorld, owner: Owner
) -> None:
    made, unknown = world.new_deployment(*owner), str(uuid.uuid4())
    world.records.record(event(made, operation_id=unknown))
    assert [each.operation_id for each in world.timeline(made)] == [None]
    assert not world.records.has_begun(unknown)


def test_an_event_of_a_deployment_whose_account_is_gone_does_not_stop_the_clean_up(
    world: RecordsWorld,
) -> None:
    gone = str(uuid.uuid4())
    world.records.record(event(gone))
    assert world.timeline(gone) == []


def test_a_model_is_found_only_together_with_its_owner(world: RecordsWorld, owner: Owner) -> None:
    model = world.records.trained_model(owner[1], owner[0])
    assert (model.model_name, model.metadata) == ("Iris classifier", {})
    with pytest.raises(ModelNotFound):
        world.records.trained_model(owner[1], world.new_user()[0])


def test_a_row_that_names_somebody_elses_file_is_refused(world: RecordsWorld) -> None:
    stranger = world.new_user()[0]
    for path in ("{stranger}/m", "{owner}/../x/m", "x/{owner}/m", "{owner}", ""):
        user_id, model_id = world.new_user()
        there = path.format(stranger=stranger, owner=user_id)
        with world.placing(model_id, there), pytest.raises(ForeignFile):
            world.records.trained_model(model_id, user_id)


def test_rows_are_found_by_their_status_each_once(world: RecordsWorld, owner: Owner) -> None:
    made = {status: world.new_deployment(*owner, status=status) for status in Status}
    more = world.new_deployment(*owner)
    deploying = [row.id for row in world.records.deploying()]
    active = [row.id for row in world.records.active()]
    assert {made[Status.DEPLOYING], more} <= set(deploying)
    assert made[Status.ACTIVE] in active
    others = {made[Status.FAILED], made[Status.DELETED]}
    assert others.isdisjoint(deploying + active)
    for found in (deploying, active):
        assert found == sorted(set(found))


def test_an_operation_has_begun_when_its_timeline_says_so(
    world: RecordsWorld, owner: Owner
) -> None:
    begun, waiting = world.new_deployment(*owner), world.new_deployment(*owner)
    world.records.record(event(begun, operation_id=begun))
    assert [world.records.has_begun(each) for each in (begun, waiting)] == [True, False]


def test_what_runs_is_listed_oldest_first_until_it_ends_once(
    world: RecordsWorld, owner: Owner
) -> None:
    deployed = world.new_deployment(*owner)
    removal = world.records.begin_operation(
        OperationKind.DELETE, user_id=owner[0], endpoint_name="Iris", deployment_id=deployed
    )
    found = world.records.running_operations()
    assert {deployed, removal} <= {each.id for each in found}
    assert found == sorted(found, key=lambda each: (each.started_at, each.id))
    world.records.end_operation(removal, OperationStatus.FAILED, CRASHED)
    world.records.end_operation(removal, OperationStatus.SUCCEEDED)
    ended = world.operation(removal)
    assert (ended.status, ended.error) == (OperationStatus.FAILED, CRASHED)
    assert removal not in {each.id for each in world.records.running_operations()}
    world.records.end_operation(str(uuid.uuid4()), OperationStatus.SUCCEEDED)


def test_what_nobody_asked_for_is_begun_for_users_and_deployments_that_are_gone(
    world: RecordsWorld,
) -> None:
    gone = {"user_id": str(uuid.uuid4()), "deployment_id": str(uuid.uuid4())}
    begin, kind = world.records.begin_operation, OperationKind.DELETE
    first, second = (begin(kind, endpoint_name="Iris", **gone) for _ in range(2))
    assert first != second
    begun = world.operation(first)
    assert (begun.kind, begun.status) == (kind, OperationStatus.RUNNING)
    assert (begun.endpoint_name, begun.deployment_id, begun.requested_by) == ("iris", None, None)


def test_traffic_is_kept_of_known_endpoints_whose_names_have_no_case(
    world: RecordsWorld, owner: Owner
) -> None:
    name, unknown = new_name("Endpoint"), new_name()
    world.new_deployment(*owner, endpoint_name=name)
    for shares in ({"blue": 100}, {"blue": 20, "green": 80}, {}, {"blue": 100}):
        world.records.record_traffic(name.upper(), shares, {})
        assert world.traffic(name) == shares
    world.records.record_traffic(unknown, {"blue": 100}, {})
    assert world.traffic(unknown) is None


def test_living_takes_any_number_of_ids(world: RecordsWorld, owner: Owner) -> None:
    made, ended = (world.new_deployment(*owner, status=s) for s in ("active", "failed"))
    flying = world.new_deployment(*owner)
    assert world.records.living([made, ended, flying, made]) == {made, flying}
    assert world.records.living([*(str(uuid.uuid4()) for _ in range(450)), made]) == {made}
    assert world.records.living([]) == set()


def test_others_on_an_endpoint_are_the_living_ones_newest_first(
    world: RecordsWorld, owner: Owner
) -> None:
    name = new_name("Shared")
    rows = [
        world.new_deployment(
            *owner, endpoint_name=name, deployment_name=f"d{number}-x", status=status,
            created_at=datetime(2026, 1, 1 + number, tzinfo=UTC),
        )
        for number, status in enumerate(("active", "failed", "deleted", "active", "deploying"))
    ]  # fmt: skip
    for asked in (name, name.lower(), name.upper()):
        found = world.records.others_on(asked, rows[4])
        assert [row.id for row in found] == [rows[3], rows[0]]


def test_an_endpoint_in_flight_gets_another_name_unless_it_is_taken(
    world: RecordsWorld, owner: Owner
) -> None:
    taken = new_name("Taken")
    world.new_deployment(*world.new_user(), endpoint_name=taken)
    made = world.new_deployment(*owner)
    for name in (taken, taken.lower()):
        with pytest.raises(Conflict) as conflict:
            world.records.rename_endpoint(made, name)
        assert conflict.value.code == "endpoint_name_taken"
    free = new_name("Free")
    world.records.rename_endpoint(made, free)
    row = world.records.deployment(made)
    assert row is not None
    assert row.endpoint_name == free
    assert world.operation(made).endpoint_name == free.lower()


def test_a_name_is_taken_too_where_ones_own_deployment_lives_there_under_the_same_name(
    world: RecordsWorld, owner: Owner
) -> None:
    there = new_name()
    world.new_deployment(*owner, endpoint_name=there, deployment_name="Blue", status="active")
    same, other = (world.new_deployment(*owner, deployment_name=name) for name in ("blue", "green"))
    with pytest.raises(Conflict) as conflict:
        world.records.rename_endpoint(same, there)
    assert conflict.value.code == "endpoint_name_taken"
    world.records.rename_endpoint(other, there)


def test_a_name_whose_owner_has_left_is_free(world: RecordsWorld, owner: Owner) -> None:
    left = new_name()
    world.new_deployment(*world.new_user(), endpoint_name=left, status="deleted")
    world.records.rename_endpoint(world.new_deployment(*owner), left)


@pytest.mark.parametrize("status", ["active", "failed", "deleted"])
def test_only_what_is_in_flight_gets_another_name(
    world: RecordsWorld, owner: Owner, status: str
) -> None:
    settled = world.new_deployment(*owner, status=status)
    for each in (settled, str(uuid.uuid4())):
        with pytest.raises(DeploymentNotFound):
            world.records.rename_endpoint(each, new_name())


def test_the_latest_verdict_of_a_content_is_kept_for_its_owner(
    world: RecordsWorld, owner: Owner
) -> None:
    allowed = Scan(verdict="allowed", reasons=[], libraries={}, sha256="0" * 64, scanner="s1")
    refused = allowed.model_copy(update={"verdict": "refused", "scanner": "s2"})
    other = world.new_user()[0]
    for user_id, content, scan in (
        (owner[0], "a/1", allowed),
        (owner[0], "b/1", allowed),
        (owner[0], "a/1", refused),
        (other, "a/1", allowed),
    ):
        world.records.keep_scan(user_id, content, scan)
    assert world.scans(owner[0]) == {"a/1": "refused", "b/1": "allowed"}
    assert world.scans(other) == {"a/1": "allowed"}


def test_the_project_has_an_id_that_stays(world: RecordsWorld) -> None:
    assert uuid.UUID(world.records.project())
    assert world.records.project() == world.records.project()


def test_limits_are_kept(world: RecordsWorld) -> None:
    before = world.limits()
    wanted = Limits(max_deploying=7, max_active=8, max_requests_per_minute=9, allow_anonymous=True)
    try:
        world.records.apply_limits(wanted)
        assert world.limits() == wanted
    finally:
        if before is not None:
            world.records.apply_limits(before)
    assert before is None or world.limits() == before
