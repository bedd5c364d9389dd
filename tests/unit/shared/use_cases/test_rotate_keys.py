"""Replacing keys: an operation of the database's, and the orchestration that does it."""

import pytest

from shared.domain.operation import OperationKind
from shared.errors.waiting import Unavailable
from shared.use_cases.deploy import Initiator
from shared.use_cases.rotate_keys import begin_rotation
from tests.support.orchestrations_fake import OrchestrationsFake
from tests.support.records import row
from tests.support.services import settings_of

OPERATION = "77777777-7777-4777-8777-777777777777"
SETTINGS = settings_of(traffic_deadline_minutes=15)


class DataFake:
    def __init__(self) -> None:
        self.requested, self.abandoned = [], []

    def request_operation(self, deployment_id, kind):
        self.requested.append((deployment_id, kind))
        return OPERATION

    def abandon_operation(self, operation_id, failure):
        self.abandoned.append((operation_id, failure.code))


def test_the_operation_is_the_orchestrations_id_and_its_run_knows_it():
    data, orchestrations = DataFake(), OrchestrationsFake()
    assert begin_rotation(Initiator(data, orchestrations, SETTINGS, "r-1"), row(1)) == OPERATION
    assert data.requested == [(row(1).id, OperationKind.ROTATE_KEYS)]
    orchestrator, run = orchestrations.started[OPERATION]
    assert (orchestrator, run.operation_id, run.request_id) == ("rotate_keys", OPERATION, "r-1")
    assert run.deadlines.traffic == 900


def test_a_rotation_that_could_not_be_started_may_be_asked_for_again():
    data = DataFake()
    with pytest.raises(Unavailable):
        begin_rotation(
            Initiator(data, OrchestrationsFake(out_of_reach=True), SETTINGS, "r-1"), row()
        )
    assert data.abandoned == [(OPERATION, "start_failed")]
