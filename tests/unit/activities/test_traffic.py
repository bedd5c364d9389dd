"""Traffic as phases move it: only from what was seen, recorded, and told to whom it concerns."""

import pytest

from activities.support.traffic import all_to, shares_of
from shared.domain.endpoint import Endpoint, Marks, Provisioning
from shared.domain.status import Status
from shared.domain.traffic import TrafficSplit
from shared.errors.serving import BadArgument
from shared.wire.phases import (
    CreateDeployment,
    CreateEndpoint,
    MoveTraffic,
    PhaseInput,
    ShiftTraffic,
    StepRelease,
    WithdrawTraffic,
)
from tests.support.phases import MODEL, RECIPE, PhaseWorld
from tests.support.records import row

BLUE, GREEN = row(1, deployment_name="Blue"), row(2, deployment_name="Green")
GREY = row(3, deployment_name="Grey")
STEPS = [MoveTraffic, StepRelease]


def split(mirror: dict[str, int] | None = None, **traffic: int) -> TrafficSplit:
    return TrafficSplit(traffic=traffic, mirror=mirror or {})


class World(PhaseWorld):
    """Deployments of one endpoint, all of them up; nobody has traffic."""

    def __init__(self, *rows, settle_after: int = 0) -> None:
        super().__init__(*(rows or (BLUE, GREEN)), settle_after=0)
        self.until_done(CreateEndpoint)
        for each in self.records.rows.values():
            self.until_done(CreateDeployment, of=each, model=MODEL, recipe=RECIPE)
        self.target.settle_after = settle_after
        self.target.begun.clear()

    def put(self, wanted: TrafficSplit) -> None:
        """Somebody moves it outside Slipway."""
        self.target.provisioning.put_traffic("iris", wanted)
        self.seen()

    def seen(self) -> tuple[dict[str, int], dict[str, int]]:
        while (found := self.target.provisioning.endpoint("iris")) and found.provisioning.runs:
            pass
        assert found is not None
        return found.traffic, found.mirror

    def moves(self):
        found = self.records.moves.get("iris", [])
        return [(move.traffic, move.mirror, move.operation_id) for move in found]


@pytest.mark.parametrize("step", STEPS)
def test_traffic_and_copies_are_moved_and_recorded_as_a_move_of_the_operation(
    step: type[PhaseInput],
):
    world = World(settle_after=2)
    world.put(split(Blue=100))
    wanted = split({"Green": 10}, Blue=100)
    moved = world.until_done(step, wanted=wanted, expected=split(blue=100)).done
    assert moved["message"] == "Traffic: Blue 100 %; 10 % copied to Green."
    assert world.seen() == ({"Blue": 100}, {"Green": 10})
    assert world.moves() == [({"blue": 100}, {"green": 10}, BLUE.id)]
    assert world.performed > 1


@pytest.mark.parametrize("step", STEPS)
def test_what_somebody_else_has_moved_is_kept_recorded_and_told(step: type[PhaseInput]):
    world = World()
    world.put(split({"Green": 5}, Blue=100))
    world.target.begun.clear()
    refused = world.perform(step, wanted=split(Green=100), expected=split(Blue=100)).refusal
    assert refused.code == "traffic_changed"
    assert "Blue 100 %; mirrored: Green 5 %".lower() in refused.message.lower()
    assert world.target.begun == []
    assert world.moves() == [({"blue": 100}, {"green": 5}, None)]


@pytest.mark.parametrize("step", STEPS)
def test_what_is_there_already_is_not_moved_again(step: type[PhaseInput]):
    world = World()
    world.put(split(Green=100))
    world.target.begun.clear()
    done = world.perform(step, wanted=split(green=100), expected=split(Blue=100)).done
    assert (done["waiting"], world.target.begun) == (False, [])
    assert world.moves() == [({"green": 100}, {}, BLUE.id)]


@pytest.mark.parametrize("step", STEPS)
def test_an_endpoint_that_changes_is_waited_for(step: type[PhaseInput]):
    world = World(settle_after=9)
    world.target.provisioning.put_traffic("iris", split(Blue=100))
    waiting = world.perform(step, wanted=split(Green=100), expected=split()).done
    assert waiting["waiting"] is True
    assert waiting["message"] == "Azure ML is still busy with the endpoint."
    world.seen()
    world.target.settle_after = 9
    begun = world.perform(step, wanted=split(Green=100), expected=split(Blue=100)).done
    assert (begun["waiting"], begun["message"]) == (True, "Azure ML is moving the traffic.")


def test_a_move_that_expects_nothing_takes_whatever_is_there():
    world = World()
    world.put(split(Blue=30, Green=70))
    assert world.perform(MoveTraffic, wanted=split(Green=100)).done["waiting"] is False


def test_a_move_is_told_to_every_other_deployment_that_is_there():
    world = World(BLUE, GREEN, GREY)
    world.until_done(MoveTraffic, wanted=split(Blue=10, Green=90))
    told = {
        event.deployment_id: (event.operation_id, event.phase, event.message)
        for event in world.records.timeline
        if event.status == "note"
    }
    since = "% of the traffic since this move of Blue's."
    assert told == {
        GREEN.id: (BLUE.id, "move_traffic", f"90 {since}"),
        GREY.id: (BLUE.id, "move_traffic", f"0 {since}"),
    }


def test_shifting_keeps_the_copies_of_others_and_none_of_its_own():
    def found(mirror: dict[str, int]) -> Endpoint:
        return Endpoint(
            name="iris",
            provisioning=Provisioning.SUCCEEDED,
            marks=Marks(),
            traffic={},
            mirror=mirror,
        )

    assert all_to("Blue", found({"GREEN": 10})) == split({"GREEN": 10}, Blue=100)
    assert all_to("Blue", found({"BLUE": 10})) == split(Blue=100)
    world = World()
    world.put(split({"Green": 10}, Blue=100))
    world.until_done(ShiftTraffic)
    assert world.moves() == [({"blue": 100}, {"green": 10}, BLUE.id)]


def test_shares_are_written_as_their_owner_writes_the_names():
    names = ["Blue", "Green"]
    assert shares_of(split(blue=90, green=10), names) == "Blue 90 %, Green 10 %"
    assert shares_of(split({"green": 5}, blue=100), names) == "Blue 100 %; 5 % copied to Green"
    assert shares_of(split(), names) == "nobody serves"
    assert shares_of(split({"green": 5}), names) == "nobody serves; 5 % copied to Green"
    outside = TrafficSplit.model_construct(traffic={}, mirror={"green": 5, "blue": 6})
    assert shares_of(outside, names).endswith("5 % copied to Green, 6 % copied to Blue")


@pytest.mark.parametrize(
    ("before", "restore", "after"),
    [
        ({"Blue": 100}, {"green": 70, "GREY": 30}, {"Green": 70, "Grey": 30}),
        ({"Blue": 50, "Green": 30, "Grey": 20}, {}, {"Green": 60, "Grey": 40}),
        ({"Blue": 50, "Green": 50}, {"blue": 100}, {"Green": 100}),
        ({"Blue": 50, "Green": 50}, {"gone": 100}, {"Green": 100}),
        ({"Blue": 50, "Green": 50}, {"grey": 0}, {"Green": 100}),
        ({"Blue": 100}, {"gone": 100}, {"Grey": 100}),
    ],
    ids=["before", "in proportion", "itself", "gone", "nothing", "newest"],
)
def test_traffic_goes_back_to_who_had_it_else_to_who_shares_it_else_to_the_newest(
    before: dict[str, int], restore: dict[str, int], after: dict[str, int]
):
    world = World(BLUE, GREEN, GREY)
    for each in (GREEN, GREY):
        world.records.move(each.id, Status.ACTIVE)
    world.put(TrafficSplit(traffic=before))
    world.until_done(WithdrawTraffic, restore=restore)
    assert world.seen() == (after, {})


def test_without_anybody_active_nobody_serves():
    world = World()
    world.records.move(BLUE.id, Status.ACTIVE)  # as one that is put to sleep: no heir of itself
    world.put(split({"Green": 10}, Blue=100))
    world.until_done(WithdrawTraffic)
    assert world.seen() == ({}, {"Green": 10})
    assert world.moves()[-1] == ({}, {"green": 10}, BLUE.id)


def test_copies_end_where_their_deployment_goes_or_serves_itself():
    world = World()
    world.put(split({"Blue": 10}, Green=100))
    world.until_done(WithdrawTraffic)
    assert world.seen() == ({"Green": 100}, {})
    world.records.move(GREEN.id, Status.ACTIVE)
    world.put(split({"Green": 10}, Blue=100))
    world.until_done(WithdrawTraffic)
    assert world.seen() == ({"Green": 100}, {})


def test_traffic_of_an_endpoint_that_has_failed_is_told_with_its_reason():
    world = World()
    world.target.fail_next_endpoint(BadArgument("Its name is bad."))
    world.target.put_endpoint("iris", Marks(owner=BLUE.user_id))
    world.seen()
    refused = world.perform(MoveTraffic, wanted=split(Green=100)).refusal
    assert (refused.code, refused.message) == ("bad_argument", "Its name is bad.")
