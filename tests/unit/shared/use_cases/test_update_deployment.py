"""A PATCH: what the row holds at once, the rest by an operation, with a count that fits."""

from typing import Any

import pytest

from shared.domain.operation import OperationStatus
from shared.domain.release import Autoscale
from shared.domain.update import DeploymentPatch
from shared.errors.requests import CountOutsideAutoscale, InstanceTypeFixed
from shared.errors.waiting import StartFailed
from shared.use_cases.deploy import Initiator
from shared.use_cases.update_deployment import update_deployment
from tests.support.orchestrations_fake import OrchestrationsFake
from tests.support.records import row
from tests.support.records_fake import RecordsFake
from tests.support.services import settings_of
from tests.support.user_data_fake import UserDataFake

LIMITS = {"min": 2, "max": 4}


class World:
    def __init__(self, *, out_of_reach: bool = False, **columns: Any) -> None:
        self.row = row(status="active", **columns)
        self.data = UserDataFake(RecordsFake(self.row))
        self.orchestrations = OrchestrationsFake(out_of_reach=out_of_reach)
        self.initiator = Initiator(self.data.port, self.orchestrations, settings_of(), "r-1")

    def patch(self, **wanted: Any) -> dict[str, Any] | None:
        """What the cloud is asked to change; None where nothing is."""
        body = DeploymentPatch.model_validate(wanted)
        updated = update_deployment(self.initiator, self.row, body)
        return updated.operation.input if updated.operation else None


def test_what_only_the_row_holds_needs_no_orchestration():
    world = World()
    assert world.patch(description="better") is None
    assert world.data.rows[world.row.id].description == "better"
    assert world.orchestrations.started == {}


def test_a_change_of_the_cloud_is_an_operation_that_knows_what_to_change():
    world = World()
    assert world.patch(instance_count=3, environment_variables={"A": "1"}) == {
        "instance_count": 3,
        "environment_variables": {"A": "1"},
    }
    [(instance, (orchestrator, run))] = world.orchestrations.started.items()
    assert orchestrator == "update_deployment"
    assert (run.operation_id, run.deployment_id, run.request_id) == (instance, world.row.id, "r-1")
    assert (run.change.instance_count, run.spec.instance_count) == (3, 1)


def test_one_that_cannot_be_started_is_given_up():
    world = World(out_of_reach=True)
    with pytest.raises(StartFailed):
        world.patch(instance_count=3)
    operations = world.data.records.operations.values()
    assert [each.status for each in operations] == [OperationStatus.FAILED]


def test_another_size_is_another_revision():
    world = World()
    with pytest.raises(InstanceTypeFixed, match="Standard_DS1_v2"):
        world.patch(instance_type="Standard_DS2_v2", description="lost")
    assert world.data.rows[world.row.id].description is None


@pytest.mark.parametrize("count", [1, 5])
@pytest.mark.parametrize("limits", ["of the row", "of the request"])
def test_a_count_outside_of_autoscale_is_refused_with_its_limits(count: int, limits: str):
    world = World(autoscale=LIMITS if limits == "of the row" else None)
    sent = {"autoscale": LIMITS} if limits == "of the request" else {}
    with pytest.raises(CountOutsideAutoscale, match=f"{count} lies outside autoscale's 2 to 4"):
        world.patch(instance_count=count, **sent)


@pytest.mark.parametrize(
    ("before", "count", "wanted", "change"),
    [
        (None, 1, {"autoscale": LIMITS}, {"instance_count": 2}),
        (None, 3, {"autoscale": LIMITS}, {}),
        (None, 9, {"autoscale": LIMITS}, {"instance_count": 4}),
        (LIMITS, 3, {"autoscale": None}, {"instance_count": 3}),
        (None, 3, {"autoscale": None}, {}),
        (LIMITS, 3, {"autoscale": LIMITS, "instance_count": 4}, {"instance_count": 4}),
        (LIMITS, 3, {"autoscale": None, "instance_count": 9}, {"instance_count": 9}),
        (LIMITS, 3, {"environment_variables": {}}, None),
    ],
)
def test_the_count_that_goes_with_autoscale(
    before: Any, count: int, wanted: dict[str, Any], change: dict[str, Any] | None
):
    world = World(autoscale=before, instance_count=count)
    asked = world.patch(**wanted)
    assert asked is not None
    limits = Autoscale(**LIMITS).model_dump() if wanted.get("autoscale") else None
    expected = {name: value for name, value in wanted.items() if name != "autoscale"}
    if "autoscale" in wanted:
        expected["autoscale"] = limits
    assert asked == {**expected, **(change or {})}
