"""The instance types of this process: read seldom, kept while the database is away."""

import pytest

from shared.domain.catalogue import CATALOGUE, RETIRING, Catalogue, InstanceType
from shared.errors.requests import InstanceTypeUnknown
from shared.errors.waiting import SupabaseUnreachable
from shared.ports.sizes import ReleasedSizes, Sizes
from shared.use_cases import known_sizes
from shared.use_cases.known_sizes import KnownSizes, refresh_sizes
from tests.support.records_fake import RecordsFake
from tests.support.serving_target import ServingTargetFake

NEW = InstanceType(name="Standard_D2as_v4", cores=2, memory_gb=8, family="standardDASv4Family")


class Table:
    def __init__(self, *answers):
        self.answers, self.reads = list(answers), 0

    def __call__(self):
        self.reads += 1
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


def test_many_requests_read_the_table_once():
    table = Table(Catalogue([NEW]))
    sizes = KnownSizes(table)
    assert {sizes.named(NEW.name).cores for _ in range(50)} == {2}
    assert list(sizes.all()) == [NEW.name]
    assert table.reads == 1


@pytest.mark.parametrize("answer", [SupabaseUnreachable(), Catalogue([])])
def test_the_release_s_own_hold_while_the_database_tells_none(answer):
    assert dict(KnownSizes(Table(answer)).all()) == dict(CATALOGUE)


def test_a_name_that_is_not_known_is_looked_for_again_but_not_each_time(monkeypatch):
    table = Table(CATALOGUE, Catalogue([*CATALOGUE.values(), NEW]))
    sizes = KnownSizes(table)
    with pytest.raises(InstanceTypeUnknown) as unknown:
        sizes.named(NEW.name)
    assert "choose one of Standard_DS1_v2, " in unknown.value.message
    assert table.reads == 1
    monkeypatch.setattr(known_sizes, "MISSED_SECONDS", -1)
    assert sizes.named(NEW.name) == NEW
    assert table.reads == 2


@pytest.mark.parametrize("sizes", [ReleasedSizes(), KnownSizes(Table(CATALOGUE))])
def test_both_sizes_tell_what_is_on_offer_and_refuse_what_is_not(sizes: Sizes):
    """The suite of the port: the release's own, which tests take, and the database's."""
    assert list(sizes.all()) == list(CATALOGUE)
    assert {name: sizes.named(name) for name in sizes.all()} == dict(CATALOGUE)
    with pytest.raises(InstanceTypeUnknown, match="Standard_A1"):
        sizes.named("Standard_A1")


LSV2 = "standardLSv2Family"


class Region(ServingTargetFake):
    def instance_types(self):
        large = NEW.model_copy(
            update={"name": "Standard_D8as_v4", "cores": 8, "memory_gb": 32, "prices": {"x": 0.5}}
        )
        ds5 = InstanceType(
            name="Standard_DS5_v2", cores=16, memory_gb=56, family="standardDSv2Family"
        )
        known = CATALOGUE["Standard_DS3_v2"].model_copy(update={"retires_on": None})
        l8 = InstanceType(name="Standard_L8s_v2", cores=8, memory_gb=64, family=LSV2)
        return [known, ds5, NEW, large, l8]


def test_a_refresh_says_of_each_size_of_a_retiring_family_when_it_goes_and_what_follows():
    records = RecordsFake()
    assert refresh_sizes(Region(), records) == 5
    kept = records.instance_types()
    leaving = CATALOGUE["Standard_DS1_v2"].retires_on
    assert {n: (s.retires_on, s.successor) for n, s in kept.items()} == {
        # Its proposed successor is not offered here: the cheapest one that is large enough.
        "Standard_DS3_v2": (leaving, "Standard_D8as_v4"),
        "Standard_DS5_v2": (leaving, None),
        "Standard_L8s_v2": (RETIRING[LSV2], None),
        "Standard_D2as_v4": (None, None),
        "Standard_D8as_v4": (None, None),
    }


def test_prices_are_kept_under_the_region_of_the_workspace(monkeypatch):
    records = RecordsFake()
    asked: list[tuple[str, int]] = []

    def keep(region: str, found: list[InstanceType]) -> int:
        asked.append((region, len(found)))
        return 0

    monkeypatch.setattr(records, "keep_instance_types", keep)
    refresh_sizes(Region(), records)
    assert asked == [("westeurope", len(Region().instance_types()))]
