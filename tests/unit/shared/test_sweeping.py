"""The sweeper finds what is lost, says so, and leaves alone what somebody looks after."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from shared.config import Settings
from shared.lifecycle import Status
from shared.naming import tags_of
from shared.sweeping import Sweeper
from tests.support.records import NOW, RecordsFake, row, run_of
from tests.support.serving_target import ServingTargetFake


class OrchestrationsFake:
    def __init__(self, *living: str) -> None:
        self.living, self.started = set(living), []

    def is_living(self, instance_id):
        return instance_id in self.living

    def start(self, orchestrator, instance_id, run):
        self.started.append((orchestrator, instance_id, run))


@pytest.fixture
def settings():
    minutes = {name: 20 for name in Settings.model_fields if name.endswith("_deadline_minutes")}
    return SimpleNamespace(**minutes)


def sweep(settings, *rows, living=(), endpoint_of=None):
    records, serving = RecordsFake(*rows), ServingTargetFake(settle_after=0)
    if endpoint_of:
        serving.begin_endpoint(endpoint_of.endpoint_name, tags_of(run_of(endpoint_of)))
    orchestrations = OrchestrationsFake(*living)
    report = Sweeper(records, serving, orchestrations, settings).sweep(NOW)
    return report, records, orchestrations


def test_a_deploying_row_without_an_orchestration_becomes_failed_with_a_reason(settings):
    lost = row()
    report, records, _ = sweep(settings, lost)
    assert report.lost_rows == [lost.id]
    assert records.rows[lost.id].status is Status.FAILED
    assert "orchestration is gone" in records.rows[lost.id].error_message
    assert records.timeline[-1].phase == "sweep"


def test_a_row_that_has_just_been_made_or_is_looked_after_is_left_alone(settings):
    fresh = row(1, created_at=NOW - timedelta(seconds=30))
    running = row(2)
    report, records, _ = sweep(settings, fresh, running, living=[running.id])
    assert report.lost_rows == report.late_rows == []
    assert {found.status for found in records.rows.values()} == {Status.DEPLOYING}


def test_a_row_that_is_over_every_deadline_becomes_failed(settings):
    late = row(created_at=NOW - timedelta(minutes=81))
    report, records, _ = sweep(settings, late, living=[late.id])
    assert report.late_rows == [late.id]
    assert "80 minutes" in records.rows[late.id].error_message


def test_an_active_row_whose_endpoint_vanished_becomes_failed(settings):
    gone = row(status="active")
    report, records, _ = sweep(settings, gone)
    assert report.vanished == [gone.id]
    assert records.rows[gone.id].status is Status.FAILED


def test_an_active_row_with_its_endpoint_stays(settings):
    live = row(status="active")
    report, records, orchestrations = sweep(settings, live, endpoint_of=live)
    assert report.model_dump() == {"lost_rows": [], "late_rows": [], "vanished": [], "orphans": []}
    assert records.rows[live.id].status is Status.ACTIVE
    assert orchestrations.started == []


@pytest.mark.parametrize("status", ["failed", "deleted"])
def test_a_resource_without_a_living_row_is_torn_down(settings, status):
    dead = row(status=status)
    report, _, orchestrations = sweep(settings, dead, endpoint_of=dead)
    assert report.orphans == ["iris/iris"]
    [(orchestrator, instance, run)] = orchestrations.started
    assert orchestrator == "delete_deployment"
    assert instance.startswith(f"{dead.id}-sweep-")
    assert (run.endpoint_name, run.user_id) == ("iris", dead.user_id)


@pytest.mark.parametrize("suffix", ["", "-delete"])
def test_a_resource_that_an_orchestration_is_tearing_down_is_left_to_it(settings, suffix):
    dead = row(status="deleted")
    report, _, orchestrations = sweep(settings, dead, living=[dead.id + suffix], endpoint_of=dead)
    assert report.orphans == []
    assert orchestrations.started == []
