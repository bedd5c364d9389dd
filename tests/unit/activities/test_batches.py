"""The phases of a batch: turns, what is skipped, how it ends."""

import pytest

from activities.end_batch import end_batch
from activities.skip_waiting import skip_waiting
from activities.take_turn import take_turn
from shared.domain.operation import OperationKind, OperationStatus
from shared.domain.status import Status
from shared.errors.waiting import BatchCancelled
from shared.use_cases.deploy_batch import batch_run_of
from shared.wire.batch import EndBatch, SkipWaiting, TakeTurn
from shared.wire.outcome import Failed
from tests.support.records import PROJECT, batch_of, operation, row
from tests.support.records_fake import RecordsFake
from tests.support.services import services_of, settings_of

FAILED = Failed.because(BatchCancelled())


def world(*rows):
    records = RecordsFake(*rows)
    batch = batch_of(9, *rows)
    records.batches[batch.batch_id] = batch
    records.operations[batch.batch_id] = operation(9, OperationKind.BATCH, "")
    return records, services_of(records=records), batch_run_of(batch, settings_of())


def test_a_turn_is_a_run_of_the_deployment_whose_turn_it_is():
    first, second = row(1), row(2, deployment_name="green")
    _, services, run = world(first, second)
    run = run.model_copy(update={"request_id": "r", "traceparent": "00-t"})
    taken = take_turn(TakeTurn(run=run, turn=0), services).deployment
    assert taken is not None
    assert (taken.deployment_id, taken.operation_id) == (first.id, first.id)
    assert (taken.spec, taken.project) == (first.spec, PROJECT)
    assert (taken.request_id, taken.traceparent) == ("r", "00-t")
    beside = TakeTurn(run=run.model_copy(update={"lane": 1}), turn=0)
    for _ in range(2):  # of each lane and turn the same, however often it is asked
        assert take_turn(TakeTurn(run=run, turn=0), services).deployment == taken
        other = take_turn(beside, services).deployment
        assert other is not None
        assert other.deployment_id == second.id
    assert take_turn(TakeTurn(run=run, turn=1), services).deployment is None


def test_what_waits_is_skipped_with_the_reason():
    waiting = row()
    records, services, run = world(waiting)
    told = skip_waiting(SkipWaiting(run=run, failed=FAILED), services)
    assert told.message == "1 deployments that had not begun are skipped."
    assert records.rows[waiting.id].error.code == "batch_cancelled"


@pytest.mark.parametrize(
    ("statuses", "ends", "code"),
    [
        (["active", "active"], OperationStatus.SUCCEEDED, None),
        (["active", "deleted"], OperationStatus.SUCCEEDED, None),
        (["active", "failed"], OperationStatus.FAILED, "batch_incomplete"),
    ],
)
def test_a_batch_has_succeeded_where_none_of_it_failed(statuses, ends, code):
    rows = [
        row(number, deployment_name=f"blue-{number}", status=Status(status))
        for number, status in enumerate(statuses)
    ]
    records, services, run = world(*rows)
    end_batch(EndBatch(run=run), services)
    ended = records.operations[run.batch_id]
    assert (ended.status, ended.error and ended.error.code) == (ends, code)
    assert ended.error is None or ended.error.message.startswith("1 of 2 ")


def test_a_batch_that_is_gone_with_its_user_has_no_end():
    records, services, run = world()
    records.batches.clear()
    end_batch(EndBatch(run=run), services)
    assert records.operations[run.batch_id].status is OperationStatus.RUNNING
