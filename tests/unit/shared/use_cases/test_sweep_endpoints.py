"""What the sweeper sees and removes on endpoints where several deployments live or have lived."""

from datetime import timedelta
from typing import Any

import pytest

from activities.support.ownership import marks_of
from shared.domain.deployment import DeploymentRow
from shared.domain.operation import OperationKind
from shared.domain.release import Autoscale
from shared.domain.traffic import TrafficSplit
from shared.ports.serving_target import Capabilities
from shared.use_cases.runs import run_of_operation
from tests.support.records import NOW, operation, row, run_of
from tests.support.services import MINUTES, settings_of
from tests.support.sweeping import SweptWorld


def named(number: int, name: str, status: str, **fields: Any) -> DeploymentRow:
    return row(number, deployment_name=name, status=status, **fields)


def test_traffic_that_was_moved_outside_slipway_is_seen():
    live = named(1, "blue", "active")
    world = SweptWorld(live)
    world.deployed(live)
    world.target.provisioning.put_traffic("iris", TrafficSplit(traffic={"blue": 100}))
    assert world.orphans() == []
    assert world.records.traffic == {"iris": {"blue": 100}}


def test_every_orphan_on_an_endpoint_is_removed_and_what_lives_beside_it_stays():
    gone, live = named(1, "blue", "deleted"), named(2, "green", "active")
    also = named(3, "red", "deleted")
    world = SweptWorld(gone, live, also)
    for each in (live, gone, also):
        world.deployed(each)
    assert sorted(world.orphans()) == ["iris/blue", "iris/red"]
    started = [run for _, run in world.orchestrations.started.values()]
    assert sorted(run.deployment_id for run in started) == [gone.id, also.id]


def test_the_last_deployment_on_an_endpoint_is_removed_by_its_own_name():
    maker, last = named(1, "blue", "deleted"), named(2, "green", "deleted")
    world = SweptWorld(maker, last)
    world.target.provisioning.put_endpoint("iris", marks_of(run_of(maker)))
    world.deployed(last)
    assert world.orphans() == ["iris/green"]


def test_an_operation_without_a_row_looks_after_its_own_endpoint_alone():
    dead = named(1, "blue", "deleted")
    elsewhere = operation(1, OperationKind.DELETE, "other", None)
    world = SweptWorld(dead, living=(elsewhere.id,))
    world.records.operations[elsewhere.id] = elsewhere
    world.deployed(dead)
    assert world.orphans() == ["iris/blue"]


def test_a_cloud_without_autoscale_is_not_asked_for_settings(monkeypatch):
    gone = named(1, "blue", "deleted")
    world = SweptWorld(gone)
    monkeypatch.setattr(world.target, "can", Capabilities(autoscale=False))
    limits = Autoscale(min=1, max=2)
    world.target.provisioning.put_autoscale("iris", "blue", limits, marks_of(run_of(gone)))
    assert world.orphans() == []


@pytest.mark.parametrize("kind", [OperationKind.SLEEP, OperationKind.WAKE])
def test_an_orchestration_knows_the_request_that_began_it(kind):
    run = run_of_operation(
        kind,
        "an-operation",
        {},
        named(1, "blue", "active", created_at=NOW - timedelta(days=1)),
        settings_of(**MINUTES),
        project="p",
        request_id="r",
        traceparent="t",
    )
    assert (run.operation_id, run.request_id, run.traceparent) == ("an-operation", "r", "t")
