"""One suite, two implementations of UserBatches and of Records' turns: in memory, and SQL."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from shared.domain.batch import BatchMember, RequestedBatch
from shared.domain.deployment import DeploymentSpec, Limits
from shared.domain.operation import OperationKind, OperationStatus
from shared.domain.status import Status
from shared.errors.requests import (
    BatchNotFound,
    BatchRefused,
    IdempotencyKeyReused,
    TooManyActive,
    TooManyDeploying,
)
from shared.errors.waiting import BatchCancelled
from shared.ports.records import Records
from shared.ports.user_batches import UserBatches
from shared.wire.outcome import Failed
from tests.support.data import new_name
from tests.support.user_world import UserWorld

pytestmark = pytest.mark.contract
CANCELLED = Failed.because(BatchCancelled())
LIMITS = Limits(max_deploying=20, max_active=20, max_requests_per_minute=300)


@pytest.fixture
def records(users: UserWorld) -> Iterator[Records]:
    """Under the limits that the app sets by default, and not those of a new database."""
    users.database.records.apply_limits(LIMITS)
    yield users.database.records
    users.database.records.apply_limits(LIMITS.model_copy(update={"max_deploying": 5}))


@pytest.fixture
def hers(users: UserWorld, records: Records) -> UserBatches:
    return users.ada.batches


def member(users: UserWorld, place: int = 0, **changed: Any) -> BatchMember:
    known = {"model_id": users.ada.model_id, "deployment_name": "blue", "instance_count": 2}
    spec = DeploymentSpec.model_validate({**known, "endpoint_name": new_name(), **changed})
    return BatchMember(id=str(uuid.uuid4()), spec=spec, place=place)


def ask(
    data: UserBatches, *members: BatchMember, key: str | None = None, body: str = "hash"
) -> RequestedBatch:
    made = str(uuid.uuid4())
    return data.request(
        made, members, at_once=3, on_failure="stop", idempotency_key=key, body_hash=body
    )


def test_a_batch_of_twenty_is_twenty_rows_that_wait(
    hers: UserBatches, records: Records, users: UserWorld
) -> None:
    members = [member(users, 19 - place) for place in range(20)]
    batch = ask(hers, *members).batch
    assert [each.deployment_id for each in batch.deployments] == [each.id for each in members]
    assert (batch.total, batch.deploying, batch.active, batch.failed) == (20, 20, 0, 0)
    assert all(each.waiting for each in batch.deployments)
    assert (batch.at_once, batch.on_failure, batch.status) == (3, "stop", OperationStatus.RUNNING)
    assert hers.batch(batch.batch_id) == batch == records.batch(batch.batch_id)
    running = {each.id: each for each in records.running_operations()}
    assert running[batch.batch_id].kind is OperationKind.BATCH
    assert {running[each.id].parent_id for each in members} == {batch.batch_id}
    row = records.deployment(members[0].id)
    assert row is not None
    assert row.spec == members[0].spec


def test_all_that_is_wrong_is_told_with_its_index_and_nothing_is_left(
    hers: UserBatches, records: Records, users: UserWorld
) -> None:
    good = member(users)
    double = member(users, endpoint_name=good.spec.endpoint_name)
    foreign = member(users, model_id=users.bob.model_id)
    with pytest.raises(BatchRefused) as refused:
        ask(hers, good, foreign, double, key="k")
    assert [(index, error.code) for index, error in refused.value.problems] == [
        (1, "model_not_found"),
        (2, "deployment_name_taken"),
    ]
    assert records.deployment(good.id) is None
    assert not ask(hers, good, key="k").replayed


def test_limits_count_a_batch_as_a_whole(
    hers: UserBatches, records: Records, users: UserWorld
) -> None:
    ask(hers, *[member(users) for _ in range(15)])
    with pytest.raises(TooManyDeploying, match="15 deployments in flight and ask for 6 more"):
        ask(hers, *[member(users) for _ in range(6)])
    records.apply_limits(LIMITS.model_copy(update={"max_deploying": 100}))
    refused = [member(users) for _ in range(6)]
    with pytest.raises(TooManyActive, match="15 on the way, and ask for 6 more; the limit is 20"):
        ask(hers, *refused)
    assert [records.deployment(each.id) for each in refused] == [None] * 6


def test_the_same_key_is_the_same_batch_and_another_body_a_conflict(
    hers: UserBatches, users: UserWorld
) -> None:
    first = ask(hers, member(users), key="k")
    again = ask(hers, member(users), key="k")
    assert (first.replayed, again.replayed) == (False, True)
    assert again.batch == first.batch
    with pytest.raises(IdempotencyKeyReused, match=first.batch.deployments[0].deployment_id):
        ask(hers, member(users), key="k", body="other")


def test_turns_are_given_by_place_once_and_again_to_who_asks_again(
    hers: UserBatches, records: Records, users: UserWorld
) -> None:
    late, early = member(users, 1), member(users, 0)
    batch = ask(hers, late, early).batch.batch_id
    first = records.take_turn(batch, 0, 0)
    again = records.take_turn(batch, 0, 0)
    assert first is not None
    assert first == again
    assert first.id == early.id
    second = records.take_turn(batch, 1, 0)
    assert second is not None
    assert second.id == late.id
    assert records.take_turn(batch, 0, 1) is None
    assert [each.waiting for each in hers.batch(batch).deployments] == [False, False]


def test_a_cancel_fails_what_waits_and_leaves_what_has_begun(
    hers: UserBatches, records: Records, users: UserWorld
) -> None:
    batch = ask(hers, member(users, 0), member(users, 1), member(users, 2)).batch.batch_id
    records.take_turn(batch, 0, 0)
    assert hers.cancel(batch, CANCELLED) == 2
    assert hers.cancel(batch, CANCELLED) == 0
    assert records.take_turn(batch, 0, 1) is None
    begun, *rest = hers.batch(batch).deployments
    assert (begun.status, begun.waiting) == (Status.DEPLOYING, False)
    assert {each.error.code for each in rest if each.error} == {"batch_cancelled"}
    assert [each.status for each in rest] == [Status.FAILED] * 2
    running = [each.id for each in records.running_operations()]
    assert not {each.deployment_id for each in rest} & set(running)


def test_a_deployment_that_was_deleted_while_it_waited_is_passed_over(
    hers: UserBatches, records: Records, users: UserWorld
) -> None:
    first, second = member(users, 0), member(users, 1)
    batch = ask(hers, first, second).batch.batch_id
    users.ada.data.delete_deployment(first.id)
    taken = records.take_turn(batch, 0, 0)
    assert taken is not None
    assert taken.id == second.id


def test_what_could_not_be_started_fails_as_a_whole_and_frees_its_key(
    hers: UserBatches, records: Records, users: UserWorld
) -> None:
    batch = ask(hers, member(users), key="k").batch.batch_id
    hers.abandon(batch, CANCELLED)
    found = hers.batch(batch)
    assert (found.status, found.failed) == (OperationStatus.FAILED, 1)
    begun = ask(hers, member(users), key="k")
    assert not begun.replayed
    records.take_turn(begun.batch.batch_id, 0, 0)
    hers.abandon(begun.batch.batch_id, CANCELLED)
    assert hers.batch(begun.batch.batch_id) == records.batch(begun.batch.batch_id)
    assert hers.batch(begun.batch.batch_id).failed == 0


def test_another_users_batch_is_as_one_that_does_not_exist(
    hers: UserBatches, users: UserWorld
) -> None:
    batch = ask(hers, member(users)).batch.batch_id
    his = users.bob.batches
    for attempt in (lambda: his.batch(batch), lambda: his.cancel(batch, CANCELLED)):
        with pytest.raises(BatchNotFound):
            attempt()
    his.abandon(batch, CANCELLED)
    assert hers.batch(batch).deploying == 1
