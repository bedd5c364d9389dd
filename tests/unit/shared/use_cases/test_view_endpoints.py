"""Endpoints as their owner sees them: traffic, costs, revisions and what changed between them."""

from datetime import timedelta
from typing import Any

import pytest

from shared.domain.endpoint import Marks
from shared.domain.endpoint_view import Change, EndpointQuery
from shared.domain.operation import OperationKind
from shared.domain.status import Status
from shared.domain.traffic import TrafficSplit
from shared.errors import SlipwayError
from shared.errors.requests import EndpointNotFound
from shared.errors.serving import NotAuthorized
from shared.errors.waiting import AzureUnreachable
from shared.ports.sizes import ReleasedSizes
from shared.use_cases.offer_sizes import OfferedSizes
from shared.use_cases.request_counts import RequestCounts
from shared.use_cases.view_endpoints import list_endpoints, look_again, show_endpoint
from shared.wire.phases import CreateDeployment, CreateEndpoint
from tests.support.phases import MODEL, RECIPE, PhaseWorld
from tests.support.records import ADA, NOW, row
from tests.support.services import services_of
from tests.support.serving_target import ServingTargetFake
from tests.support.user_data_fake import UserDataFake

URI = "https://iris.westeurope.inference.example/score"
OLD = NOW - timedelta(days=1)
BLUE = row(1, deployment_name="Blue", status="active", scoring_uri=URI, created_at=OLD)
GREEN = row(
    2,
    deployment_name="Green",
    status="active",
    created_at=OLD,
    instance_type="Standard_DS2_v2",
    instance_count=3,
    description="larger",
    environment_variables={"A": "2", "C": "1"},
    azure_model_version="7",
    trained_models={"model_name": "Iris classifier"},
)
GREY = row(3, deployment_name="Grey", status="asleep", created_at=OLD)


class World:
    """Rows of ada's; `cloud` has what a test puts there."""

    def __init__(self, *rows: Any) -> None:
        self.cloud = ServingTargetFake(settle_after=0, cores=999)
        phases = PhaseWorld(*(rows or (BLUE, GREEN, GREY)))
        self.records = phases.records
        self.data = UserDataFake(self.records)
        self.services = services_of(
            records=self.records,
            target=self.cloud,
            offered=OfferedSizes(self.cloud, ReleasedSizes()),
            request_counts=RequestCounts(self.cloud),
        )

    def serve(self, mirror: dict[str, int] | None = None, **traffic: int) -> None:
        self.records.record_traffic("iris", traffic, mirror or {})

    def show(self) -> Any:
        return show_endpoint(self.services, self.data.port, "IRIS", 5)

    def page(self, **query: Any) -> Any:
        return list_endpoints(self.services, self.data.port, EndpointQuery(**query), 5)

    def make(self) -> None:
        """All of them in the cloud."""
        phases = PhaseWorld()
        phases.records, phases.target = self.records, self.cloud
        phases.services = services_of(records=self.records, target=self.cloud)
        active = dict(self.records.rows)
        for each in active.values():
            self.records.rows[each.id] = each.model_copy(update={"status": Status.DEPLOYING})
            phases.until_done(CreateEndpoint, of=each)
            phases.until_done(CreateDeployment, of=each, model=MODEL, recipe=RECIPE)
        self.records.rows.update(active)
        self.records.timeline.clear()


def test_an_endpoint_is_shown_with_traffic_under_the_names_of_its_owner():
    world = World()
    world.serve({"green": 10}, blue=100)
    shown = world.show()
    assert (shown.name, shown.scoring_uri) == ("iris", URI)
    assert (shown.traffic, shown.mirror) == ({"Blue": 100}, {"Green": 10})
    assert (shown.version, shown.requests_last_hour, shown.reason) == (1, 0, None)
    [move] = shown.moves
    assert (move.traffic, move.mirror) == ({"Blue": 100}, {"Green": 10})
    with pytest.raises(EndpointNotFound):
        show_endpoint(world.services, world.data.port, "other", 5)


def test_its_price_is_of_what_is_awake_and_unknown_where_one_is():
    world = World()
    assert world.show().usd_per_hour == pytest.approx(0.0679 + 3 * 0.136, abs=1e-9)
    lost = BLUE.model_copy(update={"instance_type": "Standard_Gone"})
    world.records.rows[BLUE.id] = lost
    assert world.show().usd_per_hour is None
    world.records.rows[BLUE.id] = lost.model_copy(update={"status": Status.ASLEEP})
    assert world.show().usd_per_hour == pytest.approx(3 * 0.136)


def test_revisions_are_told_with_their_traffic_and_what_changed_since_the_one_before():
    world = World()
    world.serve({"grey": 10}, blue=30, green=70)
    grey, green, blue = world.show().revisions
    assert [each.revision for each in (grey, green, blue)] == [3, 2, 1]
    assert [(each.traffic, each.mirror) for each in (grey, green, blue)] == [
        (0, 0),
        (70, 0),
        (30, 0),
    ]
    assert (blue.changed, blue.variables_changed) == ([], [])
    assert green.changed == [
        Change(field="instance_type", before="Standard_DS1_v2", after="Standard_DS2_v2"),
        Change(field="instance_count", before=1, after=3),
        Change(field="description", before=None, after="larger"),
    ]
    assert green.variables_changed == ["A", "C"]
    assert grey.variables_changed == ["A", "C"]
    assert (green.deployment_id, green.model_version) == (GREEN.id, "7")
    assert (green.model_name, blue.model_name) == ("Iris classifier", None)
    assert (green.status, green.deployment_name) == (Status.ACTIVE, "Green")


def test_a_revision_without_a_container_has_no_share_whatever_was_seen_last():
    world = World()
    world.serve(blue=90, grey=10, mirror={"grey": 5})
    shown = {each.deployment_name: each for each in world.show().revisions}
    assert (shown["Grey"].traffic, shown["Grey"].mirror) == (0, 0)
    assert shown["Blue"].traffic == 90


def test_only_variables_that_differ_are_named():
    before = BLUE.model_copy(update={"environment_variables": {"A": "1", "B": "1"}})
    after = GREEN.model_copy(update={"environment_variables": {"A": "1", "B": "2"}})
    newest, first = World(before, after).show().revisions
    assert newest.variables_changed == ["B"]
    assert first.variables_changed == ["A", "B"]


def test_copies_are_shown_of_who_gets_them():
    world = World()
    world.serve({"green": 10}, blue=100)
    _, green, blue = world.show().revisions
    assert [(each.traffic, each.mirror) for each in (green, blue)] == [(0, 10), (100, 0)]


def test_what_runs_on_it_now_is_told():
    world = World()
    assert world.show().operations == []
    begun = world.data.request_operation(BLUE.id, OperationKind.ROTATE_KEYS)
    assert [(each.id, each.kind) for each in world.show().operations] == [(begun, "rotate_keys")]


def test_the_revision_that_a_rollback_would_go_to_is_named():
    world = World()
    assert world.show().last_good is None
    world.serve(blue=100)
    world.serve(green=100)
    assert world.show().last_good == 1


@pytest.mark.parametrize(
    ("statuses", "reason"),
    [
        (["active", "deploying"], "No revision has traffic: move it to one that is active."),
        (["deploying", "asleep"], "Its first revision is being deployed."),
        (["asleep"], "Every revision is asleep: wake one, or roll back to it."),
    ],
)
def test_where_nobody_serves_the_reason_is_told(statuses: list[str], reason: str):
    rows = [row(n, deployment_name=f"d{n}", status=s) for n, s in enumerate(statuses)]
    world = World(*rows)
    assert world.show().reason == reason
    assert world.page().endpoints[0].reason == reason
    world.serve(d0=100)
    assert world.show().reason is None


def test_a_page_tells_of_each_endpoint_how_many_live_there_and_where_the_next_page_begins():
    wine = row(9, endpoint_name="wine", deployment_name="red", status="active")
    world = World(BLUE, GREEN, GREY, wine)
    world.serve(green=100)
    first = world.page(limit=1)
    [iris] = first.endpoints
    assert (iris.name, iris.revisions, iris.traffic) == ("iris", 3, {"Green": 100})
    assert (iris.requests_last_hour, iris.scoring_uri) == (0, URI)
    assert iris.usd_per_hour == pytest.approx(0.0679 + 3 * 0.136, abs=1e-9)
    assert (first.total, first.next_cursor) == (2, "iris")
    rest = world.page(limit=1, cursor="iris")
    assert [each.name for each in rest.endpoints] == ["wine"]
    assert (rest.next_cursor, rest.endpoints[0].scoring_uri) == (None, None)


def test_what_was_moved_outside_is_recorded_so_that_it_is_seen_before_it_is_overwritten():
    world = World()
    world.make()
    world.serve(blue=100)
    world.cloud.put_traffic("iris", TrafficSplit(traffic={"Green": 100}, mirror={"Blue": 20}))
    while world.cloud.endpoint("iris").provisioning.runs:  # type: ignore[union-attr]
        pass
    found = look_again(world.services, world.data.port, "iris")
    assert (found.traffic, found.mirror, found.version) == ({"green": 100}, {"blue": 20}, 2)
    look_again(world.services, world.data.port, "iris")
    assert len(world.records.moves["iris"]) == 2


def test_while_the_endpoint_changes_or_is_not_there_what_was_seen_last_is_shown():
    world = World()
    world.serve(blue=100)
    assert world.show().traffic == {"Blue": 100}
    world.cloud.settle_after = 9
    world.cloud.put_endpoint("iris", Marks(owner=ADA))
    assert world.show().traffic == {"Blue": 100}
    assert len(world.records.moves["iris"]) == 1


@pytest.mark.parametrize("failure", [AzureUnreachable("Away."), NotAuthorized("No.")])
def test_while_the_cloud_does_not_answer_what_was_seen_last_is_shown(failure: SlipwayError):
    world = World()
    world.serve(blue=100)

    def raise_it(name: str) -> None:
        raise failure

    world.cloud.endpoint = raise_it
    assert world.show().traffic == {"Blue": 100}


@pytest.mark.parametrize("view", ["page", "show"])
def test_prices_and_counts_share_the_time_that_there_is(view: str):
    world = World()
    waits: list[float] = []
    offered, counts = world.services.offered, world.services.request_counts
    offers, last_hour = offered.offers, counts.last_hour

    def timed_offers(wait_seconds: float) -> Any:
        waits.append(wait_seconds)
        return offers(wait_seconds)

    def timed_counts(names: Any, wait_seconds: float) -> Any:
        waits.append(wait_seconds)
        return last_hour(names, wait_seconds)

    offered.offers, counts.last_hour = timed_offers, timed_counts
    getattr(world, view)()
    assert waits == [2.5, 2.5]
