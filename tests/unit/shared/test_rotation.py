from types import SimpleNamespace

import pytest

from shared.errors import Conflict, Unavailable
from shared.initiation import Initiator
from shared.rotation import begin_rotation
from tests.support.records import row

MINUTES = SimpleNamespace(
    endpoint_deadline_minutes=1,
    deployment_deadline_minutes=1,
    traffic_deadline_minutes=15,
    removal_deadline_minutes=1,
    step_deadline_minutes=1,
)


class Orchestrations:
    def __init__(self) -> None:
        self.started = {}

    def start(self, orchestrator, instance_id, run) -> None:
        self.started[instance_id] = (orchestrator, run)

    def is_living(self, instance_id) -> bool:
        return instance_id in self.started


def test_one_endpoint_has_one_rotation_at_a_time_whichever_deployment_asks():
    orchestrations = Orchestrations()
    initiator = Initiator(None, orchestrations, MINUTES, "r-1")
    begin_rotation(initiator, row(1, endpoint_name="Iris"))
    with pytest.raises(Conflict, match="being replaced already") as caught:
        begin_rotation(initiator, row(2, endpoint_name="iris", deployment_name="green"))
    assert caught.value.code == "rotation_running"
    begin_rotation(initiator, row(3, endpoint_name="other"))
    orchestrator, run = orchestrations.started["iris-rotate_keys"]
    assert (orchestrator, run.deployment_id, run.request_id) == ("rotate_keys", row(1).id, "r-1")
    assert run.deadlines.traffic == 900
    assert len(orchestrations.started) == 2


def test_a_rotation_that_did_not_begin_is_no_success():
    class Deaf(Orchestrations):
        def start(self, orchestrator, instance_id, run) -> None:
            """As where the start was lost and an earlier rotation of this id has ended."""

    with pytest.raises(Unavailable) as caught:
        begin_rotation(Initiator(None, Deaf(), MINUTES, "r-1"), row())
    assert caught.value.code == "start_failed"
