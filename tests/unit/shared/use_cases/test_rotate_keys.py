"""Replacing keys: an operation of the database's, and the orchestration that does it."""

import pytest

from shared.domain.operation import OperationKind, OperationStatus
from shared.errors.waiting import Unavailable
from shared.use_cases.change_endpoint import begin_rotation
from shared.use_cases.deploy import Initiator
from tests.support.orchestrations_fake import OrchestrationsFake
from tests.support.records import row
from tests.support.records_fake import RecordsFake
from tests.support.services import settings_of
from tests.support.user_data_fake import UserDataFake

SETTINGS = settings_of(traffic_deadline_minutes=15)
LIVE = row(1, status="active")


def test_the_operation_is_the_orchestrations_id_and_its_run_knows_it():
    data, orchestrations = UserDataFake(RecordsFake(LIVE)), OrchestrationsFake()
    begun = begin_rotation(Initiator(data.port, orchestrations, SETTINGS, "r-1", "00-t"), LIVE)
    assert data.operation(begun).kind is OperationKind.ROTATE_KEYS
    orchestrator, run = orchestrations.started[begun]
    assert (orchestrator, run.operation_id, run.request_id) == ("rotate_keys", begun, "r-1")
    assert (run.deployment_id, run.traceparent, run.deadlines.traffic) == (LIVE.id, "00-t", 900)


def test_a_rotation_that_could_not_be_started_may_be_asked_for_again():
    data = UserDataFake(RecordsFake(LIVE))
    for orchestrations in (OrchestrationsFake(out_of_reach=True),) * 2:
        with pytest.raises(Unavailable):
            begin_rotation(Initiator(data.port, orchestrations, SETTINGS, "r-1"), LIVE)
    ended = data.records.operations.values()
    assert {each.status for each in ended} == {OperationStatus.FAILED}
    assert {each.error and each.error.code for each in ended} == {"start_failed"}
