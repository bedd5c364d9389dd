"""Moving traffic, rolling back, sleeping and waking: in whose name, from what, and begun once."""

from datetime import timedelta
from typing import Any

import pytest

from shared.domain.endpoint_view import KnownRevisions
from shared.domain.operation import OperationKind, OperationStatus
from shared.domain.release import Release
from shared.domain.status import Status
from shared.domain.traffic import TrafficSplit
from shared.errors.requests import (
    EndpointNotFound,
    NoRelease,
    NothingToRollBackTo,
    StillAsleep,
    TrafficChanged,
    UnknownRevision,
)
from shared.errors.waiting import StartFailed
from shared.use_cases.change_endpoint import (
    begin,
    change_traffic,
    last_good,
    roll_back,
    steer_release,
)
from shared.use_cases.deploy import Initiator
from tests.support.orchestrations_fake import OrchestrationsFake
from tests.support.records import NOW, PROJECT, row
from tests.support.records_fake import RecordsFake
from tests.support.services import settings_of
from tests.support.user_data_fake import UserDataFake

BEFORE = NOW - timedelta(days=1)
BLUE = row(1, deployment_name="Blue", status="active", created_at=BEFORE)
GREEN = row(2, deployment_name="Green", status="active", created_at=BEFORE)
GREY = row(3, deployment_name="Grey", status="asleep", created_at=BEFORE)
BAD = row(4, deployment_name="Bad", status="failed", created_at=BEFORE)


class World:
    def __init__(self, *rows: Any, out_of_reach: bool = False) -> None:
        self.records = RecordsFake(*(rows or (BLUE, GREEN, GREY, BAD)))
        self.data = UserDataFake(self.records)
        self.orchestrations = OrchestrationsFake(out_of_reach=out_of_reach)
        known = (self.data.port, self.orchestrations, settings_of(), "r-1", "00-trace")
        self.initiator = Initiator(*known)

    @property
    def endpoint(self) -> KnownRevisions:
        return self.data.endpoint("iris")

    def serve(self, mirror: Any = None, **traffic: int) -> None:
        self.records.record_traffic("iris", traffic, mirror or {})

    def change(self, seen: int | None = None, mirror: Any = None, **traffic: int) -> Any:
        wanted = TrafficSplit(traffic=traffic, mirror=mirror or {})
        return change_traffic(self.initiator, self.endpoint, wanted, seen)


def test_a_change_knows_what_was_seen_and_what_is_wanted():
    world = World()
    world.serve({"green": 10}, blue=100)
    begun = world.change(Blue=40, Green=60)
    [(instance, (orchestrator, run))] = world.orchestrations.started.items()
    assert (instance, orchestrator) == (begun.id, "change_traffic")
    assert run.wanted == TrafficSplit(traffic={"Blue": 40, "Green": 60})
    assert run.expected.same_as(TrafficSplit(traffic={"Blue": 100}, mirror={"Green": 10}))
    assert (run.deployment_id, run.operation_id) == (GREEN.id, begun.id), "the largest share leads"
    assert (run.request_id, run.traceparent) == ("r-1", "00-trace")
    assert begun.input == {
        "wanted": {"traffic": {"Blue": 40, "Green": 60}, "mirror": {}},
        "expected": {"traffic": {"blue": 100}, "mirror": {"green": 10}},
    }


def test_the_version_is_the_callers_where_there_is_one():
    world = World()
    world.serve(blue=100)
    world.serve(green=100)
    with pytest.raises(TrafficChanged):
        world.change(seen=1, Blue=100)
    assert world.change(seen=2, Blue=100).replayed is False
    world = World()
    known = world.endpoint
    world.serve(blue=100)
    with pytest.raises(TrafficChanged):
        change_traffic(world.initiator, known, TrafficSplit(traffic={"Green": 100}), None)


@pytest.mark.parametrize(
    ("wanted", "lead"),
    [
        ({"traffic": {"Blue": 50, "Green": 50}}, "Green"),
        ({"traffic": {"Blue": 60, "Green": 40}}, "Blue"),
        ({"traffic": {"Blue": 100}, "mirror": {"Green": 10}}, "Blue"),
        ({"traffic": {}}, "Green"),
    ],
    ids=["equal shares", "most", "copies", "nobody any more"],
)
def test_an_operation_is_in_the_name_of_who_has_most(wanted: dict[str, Any], lead: str):
    world = World()
    world.serve(blue=10, green=90)
    change_traffic(world.initiator, world.endpoint, TrafficSplit(**wanted), None)
    [(_, run)] = world.orchestrations.started.values()
    assert run.deployment_name == lead


def test_where_nobody_serves_any_active_one_leads_and_without_one_there_is_nothing_to_change():
    world = World(GREY, BLUE)
    world.change()
    [(_, run)] = world.orchestrations.started.values()
    assert run.deployment_name == "Blue"
    with pytest.raises(EndpointNotFound, match="iris"):
        World(GREY).change()


@pytest.mark.parametrize("field", ["traffic", "mirror"])
def test_only_active_revisions_get_something(field: str):
    world = World()

    def ask(name: str) -> None:
        shares = {field: {name: 100 if field == "traffic" else 10}}
        wanted = TrafficSplit.model_validate({"traffic": {}, **shares})
        change_traffic(world.initiator, world.endpoint, wanted, None)

    with pytest.raises(StillAsleep, match="Grey is asleep"):
        ask("grey")
    for name in ("bad", "unheard"):
        with pytest.raises(UnknownRevision) as unknown:
            ask(name)
        assert unknown.value.message.startswith(f"{field}: ")
        assert all(known in unknown.value.message for known in (name, "Blue", "Green", "Grey"))
        assert "Bad" not in unknown.value.message
    assert world.orchestrations.started == {}


def test_a_rollback_goes_to_the_last_one_that_served_everything():
    world = World()
    for traffic in ({"blue": 100}, {"blue": 50, "green": 50}, {"green": 100}):
        world.serve(**traffic)
    begun, target = roll_back(world.initiator, world.endpoint, None)
    assert target.id == BLUE.id
    [(instance, (orchestrator, run))] = world.orchestrations.started.items()
    assert (instance, orchestrator, run.deployment_id) == (begun.id, "roll_back", BLUE.id)
    assert (run.asleep, run.project) == (False, PROJECT)
    again, _ = roll_back(world.initiator, world.endpoint, None)
    assert (again.id, again.replayed) == (begun.id, True)
    world.orchestrations.end(begun.id)
    world.orchestrations.started.clear()
    roll_back(world.initiator, world.endpoint, None)
    assert world.orchestrations.started == {}, "it has run already"


def test_a_rollback_to_a_sleeping_revision_wakes_it():
    world = World()
    found = next(each for each in world.endpoint.revisions if each.id == GREY.id)
    _, target = roll_back(world.initiator, world.endpoint, found.revision)
    [(_, run)] = world.orchestrations.started.values()
    assert (target.id, run.deployment_id, run.asleep) == (GREY.id, GREY.id, True)
    assert world.records.rows[GREY.id].status is Status.DEPLOYING


def test_a_rollback_that_could_not_be_started_is_begun_by_the_same_request_again():
    world = World()
    world.serve(blue=100)
    world.serve(green=100)
    first = world.data.request_change(OperationKind.ROLL_BACK, BLUE.id, input={})
    begun, _ = roll_back(world.initiator, world.endpoint, None)
    assert begun.id == first.id
    assert list(world.orchestrations.started) == [first.id]


def test_what_cannot_be_rolled_back_to_says_why():
    world = World()
    world.serve(green=100)
    with pytest.raises(NothingToRollBackTo, match="iris"):
        roll_back(world.initiator, world.endpoint, None)
    with pytest.raises(UnknownRevision) as unknown:
        roll_back(world.initiator, world.endpoint, 9)
    assert unknown.value.message.startswith("to: ")
    assert all(part in unknown.value.message for part in ("revision 9", "4, 3, 2, 1"))
    with pytest.raises(StillAsleep, match="Bad is failed"):
        roll_back(world.initiator, world.endpoint, 4)


def test_the_last_good_one_still_exists_and_is_not_an_older_ones_namesake():
    world = World()
    assert last_good(world.endpoint) is None
    for traffic in ({"gone": 100}, {"bad": 100}, {"blue": 100}, {"green": 100}):
        world.serve(**traffic)
    found = last_good(world.endpoint)
    assert found is not None
    assert found.id == BLUE.id
    young = BLUE.model_copy(update={"created_at": NOW + timedelta(seconds=1)})
    world.records.rows[BLUE.id] = young
    assert last_good(world.endpoint) is None
    world.records.rows[BLUE.id] = young.model_copy(update={"created_at": NOW})
    assert last_good(world.endpoint) is not None


def test_a_change_that_cannot_be_started_is_given_up():
    world = World(out_of_reach=True)
    with pytest.raises(StartFailed):
        begin(world.initiator, OperationKind.WAKE, GREY)
    [ended] = [each for each in world.records.operations.values() if each.kind == "wake"]
    assert (ended.status, ended.error and ended.error.code) == (
        OperationStatus.FAILED,
        "start_failed",
    )
    assert world.records.rows[GREY.id].status is Status.ASLEEP


@pytest.mark.parametrize("action", ["pause", "resume", "abort"])
def test_a_watched_release_is_told_what_its_owner_wants(action: Any):
    canary = Release(strategy="canary").model_dump()
    watched = row(5, deployment_name="New", release=canary)
    world = World(watched)
    world.orchestrations.living.add(watched.id)
    steer_release(world.initiator, watched, action)
    assert world.orchestrations.told == [(watched.id, "release", action)]
    plain = row(6)
    for other in (watched.model_copy(update={"status": Status.ACTIVE}), plain):
        with pytest.raises(NoRelease) as refused:
            steer_release(world.initiator, other, action)
        strategy = other.spec.release.strategy
        plain_words = NoRelease(other.deployment_name, other.status, strategy)
        assert refused.value.message == plain_words.message
    assert len(world.orchestrations.told) == 1
