"""What the sweeper begins because it is due, and how long it leaves batches and releases alone."""

from datetime import timedelta
from typing import Any

import pytest

from shared.domain.batch import Batch
from shared.domain.operation import Operation, OperationKind, OperationStatus
from shared.domain.release import LONGEST_STEP_SECONDS, Release
from shared.domain.status import Status
from shared.errors.waiting import SupabaseUnreachable
from tests.support.records import NOW, batch_of, operation, row
from tests.support.sweeping import SweptWorld

WHOLE = timedelta(minutes=220)
"""All deadlines of one run together."""


class World(SweptWorld):
    def __init__(self, *rows: Any, living: tuple[str, ...] = ()) -> None:
        super().__init__(*rows, living=living)
        self.sweeper = self.new_sweeper()

    def batch(self, *rows: Any, age: timedelta = timedelta(0)) -> Batch:
        made = batch_of(9, *rows, on_failure="stop")
        self.records.batches[made.batch_id] = made
        self.records.operations[made.batch_id] = Operation(
            id=made.batch_id,
            kind=OperationKind.BATCH,
            endpoint_name="",
            status=OperationStatus.RUNNING,
            started_at=NOW - age,
        )
        for each in rows:
            begun = self.records.operations[each.id]
            parent = begun.model_copy(update={"parent_id": made.batch_id})
            self.records.operations[each.id] = parent
        return made


def test_what_is_due_is_begun_and_told():
    asleep, gone = row(1, status="asleep"), row(2, status="deleted")
    world = World(asleep, gone)
    due = [
        operation(1, OperationKind.SLEEP, deployment_id=asleep.id),
        operation(2, OperationKind.DELETE, deployment_id=gone.id),
    ]
    world.records.begin_due = lambda: due
    world.sweeper.begin_due()
    started = world.orchestrations.started
    assert {key: orchestrator for key, (orchestrator, _) in started.items()} == {
        due[0].id: "sleep_deployment",
        due[1].id: "delete_deployment",
    }
    assert started[due[0].id][1].deployment_id == asleep.id
    assert world.sweeper.report.begun == [each.id for each in due]


def test_what_cannot_be_begun_keeps_nothing_else_from_it():
    world = World(row(1, status="asleep"), row(2, status="asleep", endpoint_name="wine"))
    due = [operation(n, OperationKind.SLEEP, deployment_id=row(n).id) for n in (1, 2)]
    world.records.begin_due = lambda: due
    project = world.records.project

    def once() -> str:
        world.records.project = project
        raise SupabaseUnreachable

    world.records.project = once
    world.sweeper.begin_due()
    assert world.sweeper.report.begun == [due[1].id]
    assert world.sweeper.report.errors == [
        f"{due[0].id}: supabase_unavailable: {SupabaseUnreachable().message}"
    ]

    def away() -> list[Operation]:
        raise SupabaseUnreachable

    world.records.begin_due = away
    world.sweeper.begin_due()
    assert world.sweeper.report.errors[-1].startswith("due deployments: supabase_unavailable")


def test_a_batch_that_never_began_begins_and_its_deployments_wait_for_it():
    one, two = (row(n, deployment_name=f"d{n}", created_at=NOW) for n in (1, 2))
    world = World(one, two)
    made = world.batch(one, two)
    world.sweeper.recover_rows(NOW)
    [(instance, (orchestrator, run))] = world.orchestrations.started.items()
    assert (instance, orchestrator) == (made.batch_id, "deploy_batch")
    assert (run.batch_id, run.lanes, run.on_failure) == (made.batch_id, 2, "stop")
    assert world.sweeper.report.begun == [made.batch_id]


def test_a_batch_whose_rows_are_gone_is_lost():
    world = World()
    world.batch()
    world.records.batches.clear()
    world.records.skip_waiting = lambda *_: 0
    world.sweeper.recover_rows(NOW)
    [ended] = world.records.operations.values()
    assert (ended.status, ended.error and ended.error.code) == (
        OperationStatus.FAILED,
        "orchestration_lost",
    )


def test_a_batch_may_take_as_long_as_twenty_deployments_one_after_the_other():
    waiting = row(1, created_at=NOW)
    for age, alive in ((20 * WHOLE - timedelta(seconds=1), True), (21 * WHOLE, False)):
        world = World(waiting, living=(batch_of(9).batch_id,))
        made = world.batch(waiting, age=age)
        world.sweeper.recover_rows(NOW)
        running = world.records.operations[made.batch_id].status is OperationStatus.RUNNING
        assert running is alive
        assert (world.records.rows[waiting.id].status is Status.DEPLOYING) is alive


@pytest.mark.parametrize(
    ("kind", "found", "ends"),
    [
        (OperationKind.WAKE, Status.DEPLOYING, Status.ASLEEP),
        (OperationKind.ROLL_BACK, Status.DEPLOYING, Status.ASLEEP),
        (OperationKind.WAKE, Status.ACTIVE, Status.ACTIVE),
        (OperationKind.CHANGE_TRAFFIC, Status.DEPLOYING, Status.DEPLOYING),
    ],
)
def test_a_row_whose_waking_is_lost_sleeps_again(kind: OperationKind, found: Status, ends: Status):
    woken = row(status=found)
    world = World(woken)
    world.open(woken)
    lost = operation(1, kind, "iris", woken.id)
    world.records.operations = {lost.id: lost}
    world.orchestrations.ended.add(lost.id)
    assert world.sweep().lost_rows == [lost.id]
    assert world.status(woken) is ends
    assert ("orchestration is gone" in world.told_of(woken)) is (ends is Status.ASLEEP)
    assert world.records.operations[lost.id].status is OperationStatus.FAILED


def test_a_watched_release_may_take_a_week_for_each_step():
    release = Release(strategy="canary", steps=[10, 50])
    longest = WHOLE + timedelta(seconds=2 * LONGEST_STEP_SECONDS)
    for over, status in ((-1, Status.DEPLOYING), (1, Status.FAILED)):
        begun = NOW - longest - timedelta(seconds=over)
        watched = row(1, release=release.model_dump(), created_at=begun)
        plain = row(2, deployment_name="green", created_at=NOW - WHOLE - timedelta(seconds=over))
        world = World(watched, plain, living=(watched.id, plain.id))
        world.sweeper.recover_rows(NOW)
        assert world.records.rows[watched.id].status is status
        assert world.records.rows[plain.id].status is status


def test_a_release_whose_row_or_model_is_gone_has_only_its_deadlines():
    begun = NOW - WHOLE - timedelta(minutes=1)
    release = Release(strategy="canary").model_dump()
    orphaned = row(1, release=release, model_id=None, created_at=begun)
    world = World(orphaned, living=(orphaned.id,))
    world.sweeper.recover_rows(NOW)
    assert world.records.rows[orphaned.id].status is Status.FAILED
    world = World(orphaned, living=(orphaned.id,))
    world.records.rows.clear()
    world.sweeper.recover_rows(NOW)
    assert world.sweeper.report.errors == []


TRAFFIC, UPDATE = OperationKind.CHANGE_TRAFFIC, OperationKind.UPDATE


@pytest.mark.parametrize(
    ("kind", "input"),
    [
        (TRAFFIC, {}),
        (TRAFFIC, {"wanted": {"traffic": "all"}, "expected": {}}),
        (UPDATE, {"instance_count": 99}),
        (UPDATE, {"environment_variables": {"LD_PRELOAD": "/tmp/mine.so"}}),
    ],
)
def test_a_change_that_nobody_could_have_asked_for_through_the_api_is_lost(kind, input):
    found = row(status=Status.ACTIVE, endpoint_name="iris")
    world = SweptWorld(found)
    world.deployed(found)
    asked = operation(1, kind, deployment_id=found.id)
    world.records.operations[asked.id] = asked.model_copy(update={"input": input})
    report = world.sweep()
    assert (report.errors, report.lost_rows) == ([], [asked.id])
    assert world.orchestrations.started == {}
