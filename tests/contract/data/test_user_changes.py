"""One suite, two implementations of what UserData changes: rows in memory, and Supabase's."""

import uuid
from typing import Any

import pytest

from shared.domain.deployment import DeploymentRow, DeploymentSpec, Requested
from shared.domain.endpoint_view import EndpointQuery
from shared.domain.failure import Failure
from shared.domain.operation import OperationKind, OperationStatus
from shared.domain.status import Status
from shared.domain.timeline import Event
from shared.errors.requests import (
    DeploymentNameTaken,
    DeploymentNotFound,
    EndpointNameTaken,
    EndpointNotFound,
    IdempotencyKeyReused,
    ModelNotFound,
    NotActive,
    NotAsleep,
    OperationNotFound,
    OperationRunning,
    ReleaseRunning,
    RotationRunning,
    TooManyDeploying,
    TrafficChanged,
)
from tests.support.data import new_name
from tests.support.user_world import User, UserWorld

pytestmark = pytest.mark.contract
NOT_STARTED = Failure(code="start_failed", message="It did not start.\x00", fix="Try again.")


class World:
    """Her rows and his, and what a test does to hers."""

    def __init__(self, users: UserWorld) -> None:
        self.database, self.user, self.stranger = users.database, users.ada, users.bob
        self.hers, self.his = users.ada.data, users.bob.data

    def ask(
        self, *, of: User | None = None, key: str | None = None, body: str = "hash", **spec: Any
    ) -> Requested:
        user, made = of or self.user, str(uuid.uuid4())
        known = {"model_id": user.model_id, "deployment_name": "blue"}
        asked = DeploymentSpec.model_validate({**known, "endpoint_name": new_name(), **spec})
        return user.data.request_deployment(made, asked, idempotency_key=key, body_hash=body)

    def active(self, **columns: Any) -> DeploymentRow:
        columns = {"status": Status.ACTIVE, **columns}
        made = self.database.new_deployment(self.user.id, self.user.model_id, **columns)
        return self.hers.deployment(made)

    def asleep(self) -> DeploymentRow:
        return self.active(status=Status.ASLEEP)


@pytest.fixture
def world(users: UserWorld) -> World:
    return World(users)


def test_a_request_becomes_a_row_and_its_operation(world: World) -> None:
    made = world.ask(description="für Ada", instance_count=2, endpoint_name="Big-" + new_name())
    row = made.deployment
    assert (made.replayed, row.status, row.user_id) == (False, Status.DEPLOYING, world.user.id)
    assert (row.description, row.instance_count) == ("für Ada", 2)
    assert row.endpoint_name.startswith("big-")
    begun = world.hers.operation(row.id)
    assert (begun.kind, begun.status) == (OperationKind.DEPLOY, OperationStatus.RUNNING)
    assert (begun.deployment_id, begun.endpoint_name) == (row.id, row.endpoint_name)


def test_the_same_key_gives_the_same_deployment_and_another_body_a_conflict(world: World) -> None:
    first = world.ask(key="k").deployment
    again = world.ask(key="k")
    assert (again.replayed, again.deployment.id) == (True, first.id)
    with pytest.raises(IdempotencyKeyReused, match=first.id):
        world.ask(key="k", body="other")
    assert not world.ask(of=world.stranger, key="k").replayed


def test_names_that_are_taken_are_refused_by_name(world: World) -> None:
    name = world.ask().deployment.endpoint_name
    with pytest.raises(EndpointNameTaken, match=name):
        world.ask(of=world.stranger, endpoint_name=name)
    with pytest.raises(DeploymentNameTaken, match="Blue"):
        world.ask(endpoint_name=name, deployment_name="Blue")
    green = world.ask(endpoint_name=name, deployment_name="green").deployment
    assert green.revision == 2


def test_the_limit_in_flight_is_refused_with_its_numbers(world: World) -> None:
    for _ in range(5):
        world.ask()
    with pytest.raises(TooManyDeploying, match="You have 5 deployments in flight; the limit is 5"):
        world.ask()


def test_a_strangers_model_and_a_strangers_row_are_not_found(world: World) -> None:
    with pytest.raises(ModelNotFound, match=world.stranger.model_id):
        world.ask(model_id=world.stranger.model_id)
    made = world.ask().deployment.id
    with pytest.raises(DeploymentNotFound, match=made):
        world.his.deployment(made)
    with pytest.raises(DeploymentNotFound, match=made):
        world.his.delete_deployment(made)
    with pytest.raises(OperationNotFound):
        world.his.operation(made)
    world.his.abandon_deployment(made, NOT_STARTED)
    assert world.hers.deployment(made).status is Status.DEPLOYING


def test_a_deployment_in_flight_is_deleted_without_an_operation(world: World) -> None:
    made = world.ask().deployment.id
    deleted = world.hers.delete_deployment(made)
    assert (deleted.status, deleted.operation_id) == (Status.DEPLOYING, None)
    for ask in (world.hers.deployment, world.hers.delete_deployment):
        with pytest.raises(DeploymentNotFound):
            ask(made)


def test_an_active_deployment_is_torn_down_by_an_operation(world: World) -> None:
    live = world.active()
    deleted = world.hers.delete_deployment(live.id)
    assert deleted.status is Status.ACTIVE
    assert deleted.operation_id is not None
    removal = world.hers.operation(deleted.operation_id)
    assert (removal.kind, removal.status) == (OperationKind.DELETE, OperationStatus.RUNNING)
    assert removal.deployment_id == live.id


def test_what_was_not_started_says_why_and_frees_its_key(world: World) -> None:
    made = world.ask(key="k").deployment
    world.hers.abandon_deployment(made.id, NOT_STARTED)
    row = world.hers.deployment(made.id)
    assert row.status is Status.FAILED
    assert row.error_message == "start_failed: It did not start. Try again."
    ended = world.hers.operation(made.id)
    assert (ended.status, ended.error) == (OperationStatus.FAILED, row.error)
    [told] = world.database.timeline(made.id)
    assert (told.phase, told.status, told.operation_id) == ("initiate", "failed", made.id)
    assert not world.ask(key="k").replayed


def test_what_has_begun_is_not_given_up(world: World) -> None:
    made = world.ask().deployment.id
    note = {"phase": "p", "status": "started", "message": "m", "operation_id": made}
    world.database.records.record(Event(deployment_id=made, **note))
    world.hers.abandon_deployment(made, NOT_STARTED)
    assert world.hers.deployment(made).status is Status.DEPLOYING


def test_one_endpoint_has_one_rotation_at_a_time_whichever_deployment_asks(world: World) -> None:
    blue = world.active()
    green = world.active(endpoint_name=blue.endpoint_name, deployment_name="green")
    ask = world.hers.request_operation
    first = ask(blue.id, OperationKind.ROTATE_KEYS)
    with pytest.raises(RotationRunning):
        ask(green.id, OperationKind.ROTATE_KEYS)
    world.hers.abandon_operation(first, NOT_STARTED)
    assert world.hers.operation(first).status is OperationStatus.FAILED
    again = ask(green.id, OperationKind.ROTATE_KEYS)
    note = {"phase": "rotate_key", "status": "started", "message": "m", "operation_id": again}
    world.database.records.record(Event(deployment_id=green.id, **note))
    world.hers.abandon_operation(again, NOT_STARTED)
    assert world.hers.operation(again).status is OperationStatus.RUNNING
    with pytest.raises(NotActive):
        ask(world.asleep().id, OperationKind.ROTATE_KEYS)


def test_one_change_of_an_endpoint_at_a_time_and_the_same_rollback_is_that_one(
    world: World,
) -> None:
    blue = world.active()
    green = world.active(endpoint_name=blue.endpoint_name, deployment_name="green")
    begun = world.hers.request_change(OperationKind.ROLL_BACK, blue.id)
    assert (begun.replayed, begun.input) == (False, {"asleep": False})
    again = world.hers.request_change(OperationKind.ROLL_BACK, blue.id)
    assert (again.id, again.replayed) == (begun.id, True)
    for kind, row in (
        (OperationKind.ROLL_BACK, green),
        (OperationKind.CHANGE_TRAFFIC, blue),
        (OperationKind.SLEEP, green),
    ):
        with pytest.raises(OperationRunning, match=begun.id):
            world.hers.request_change(kind, row.id)
    [running] = world.hers.operations_on(blue.endpoint_name)
    assert (running.id, running.kind) == (begun.id, OperationKind.ROLL_BACK)
    assert running.deployment_id == blue.id
    assert world.his.operations_on(blue.endpoint_name) == []
    world.hers.abandon_operation(begun.id, NOT_STARTED)
    assert world.hers.deployment(blue.id).status is Status.ACTIVE
    assert not world.hers.request_change(OperationKind.ROLL_BACK, green.id).replayed


def test_sleep_and_waking_move_the_row_and_a_wake_that_was_not_started_moves_it_back(
    world: World,
) -> None:
    live = world.active()
    with pytest.raises(NotAsleep):
        world.hers.request_change(OperationKind.WAKE, live.id)
    slept = world.hers.request_change(OperationKind.SLEEP, live.id)
    assert world.hers.deployment(live.id).status is Status.ASLEEP
    world.hers.abandon_operation(slept.id, NOT_STARTED)
    assert world.hers.operation(slept.id).status is OperationStatus.RUNNING
    world.database.records.end_operation(slept.id, OperationStatus.SUCCEEDED)
    with pytest.raises(NotActive):
        world.hers.request_change(OperationKind.SLEEP, live.id)
    for kind in (OperationKind.WAKE, OperationKind.ROLL_BACK):
        begun = world.hers.request_change(kind, live.id)
        assert begun.input == ({"asleep": True} if kind is OperationKind.ROLL_BACK else {})
        assert world.hers.deployment(live.id).status is Status.DEPLOYING
        world.hers.abandon_operation(begun.id, NOT_STARTED)
        assert world.hers.deployment(live.id).status is Status.ASLEEP


def test_a_watched_release_keeps_its_endpoint_to_itself(world: World) -> None:
    live = world.active()
    world.ask(
        endpoint_name=live.endpoint_name, deployment_name="green", release={"strategy": "canary"}
    )
    with pytest.raises(ReleaseRunning, match="green"):
        world.hers.request_change(OperationKind.CHANGE_TRAFFIC, live.id)


def test_traffic_is_told_with_its_version_and_moved_only_by_who_saw_it(world: World) -> None:
    live, records = world.active(), world.database.records
    name = live.endpoint_name
    for traffic in ({"blue": 100}, {"blue": 100}, {"blue": 0}):
        records.record_traffic(name.upper(), traffic, {})
    found = world.hers.endpoint(name.upper())
    assert (found.name, found.traffic, found.mirror) == (name, {"blue": 0}, {})
    assert [move.traffic for move in found.moves] == [{"blue": 0}, {"blue": 100}]
    assert found.version == 2
    change = OperationKind.CHANGE_TRAFFIC
    with pytest.raises(TrafficChanged) as changed:
        world.hers.request_change(change, live.id, seen=1)
    assert changed.value.facts == {"traffic": {"blue": 0}, "mirror": {}}
    begun = world.hers.request_change(change, live.id, input={"wanted": 1}, seen=2)
    assert begun.input == world.hers.operation(begun.id).input == {"wanted": 1}


def test_endpoints_are_those_with_something_alive_by_name(world: World) -> None:
    names = sorted(world.active().endpoint_name for _ in range(3))
    old = world.active(endpoint_name=names[0], deployment_name="old", status=Status.FAILED)
    world.active(status=Status.FAILED)
    first = world.hers.endpoints(EndpointQuery(limit=2))
    assert [each.name for each in first.endpoints] == names[:2]
    assert (first.total, first.more) == (3, True)
    rest = world.hers.endpoints(EndpointQuery(limit=2, cursor=names[1]))
    assert ([each.name for each in rest.endpoints], rest.more) == (names[2:], False)
    searched = world.hers.endpoints(EndpointQuery(search=names[1].upper()))
    assert [each.name for each in searched.endpoints] == [names[1]]
    shown = world.hers.endpoint(names[0])
    assert shown.revisions[0].id == old.id
    assert [each.deployment_name for each in shown.living] == ["blue"]
    assert world.his.endpoints(EndpointQuery()).total == 0
    with pytest.raises(EndpointNotFound):
        world.his.endpoint(names[0])


def test_what_only_the_row_holds_changes_at_once_and_the_rest_by_an_operation(
    world: World,
) -> None:
    live = world.active()
    update = world.hers.update_deployment
    made = update(live.id, {"description": "better", "expires_in_hours": 24})
    assert (made.operation, made.deployment.description) == (None, "better")
    assert made.deployment.expires_at is not None
    assert update(live.id, {"expires_in_hours": None}).deployment.expires_at is None
    begun = update(live.id, {"instance_count": 3, "description": "soon"})
    assert begun.operation is not None
    assert begun.operation.input == {"instance_count": 3}
    assert (begun.deployment.instance_count, begun.deployment.description) == (1, "soon")
    with pytest.raises(OperationRunning):
        update(live.id, {"instance_count": 2, "description": "lost"})
    assert world.hers.deployment(live.id).description == "soon"
    with pytest.raises(DeploymentNotFound):
        world.his.update_deployment(live.id, {"description": "mine"})


def test_an_update_that_was_lost_is_undone_once_by_an_operation_to_what_the_row_says(
    world: World,
) -> None:
    live, records = world.active(), world.database.records

    def lost(begun: bool) -> str:
        made = world.hers.update_deployment(live.id, {"instance_count": 3}).operation
        assert made is not None
        note = {"phase": "p", "status": "started", "message": "m", "operation_id": made.id}
        if begun:
            records.record(Event(deployment_id=live.id, **note))
        return made.id

    assert records.undo_update(lost(begun=False), NOT_STARTED) is None
    first = lost(begun=True)
    undoing = records.undo_update(first, NOT_STARTED)
    assert undoing is not None
    assert (undoing.kind, undoing.parent_id) == (OperationKind.UPDATE, first)
    assert (undoing.input, undoing.requested_by) == ({"instance_count": 1}, None)
    ended = world.hers.operation(first)
    assert (ended.status, ended.error and ended.error.code) == (
        OperationStatus.FAILED,
        "start_failed",
    )
    assert world.hers.operation(undoing.id).status is OperationStatus.RUNNING
    assert [event.phase for event in world.database.timeline(live.id)] == ["p", "undo_update"]
    assert records.has_begun(undoing.id)
    assert records.undo_update(undoing.id, NOT_STARTED) is None


def test_an_update_is_kept_by_an_active_row_alone(world: World) -> None:
    live, records = world.active(), world.database.records
    assert records.keep_update(live.id, {"instance_count": 3, "autoscale": None})
    assert world.hers.deployment(live.id).instance_count == 3
    asleep = world.asleep()
    assert not records.keep_update(asleep.id, {"instance_count": 3})
    assert world.hers.deployment(asleep.id).instance_count == 1
